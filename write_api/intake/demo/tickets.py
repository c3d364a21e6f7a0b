from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from domain.shared.actor import Role
from domain.tickets.messages import Visibility
from domain.tickets.priority import TicketChannel
from domain.tickets.status import TicketStatus, steps_to
from domain.tickets.ticket import Ticket
from write_api.intake.demo.content import DemoContent
from write_api.intake.demo.people import DemoPeople


def external_id(seed: int, index: int) -> str:
    return f"demo-{seed}-{index}"


def demo_ticket(content: DemoContent, people: DemoPeople, index: int) -> Ticket:
    dice = content.dice("ticket", index)
    scenario = content.ticket_scenarios[index % len(content.ticket_scenarios)]
    at = content.moment(dice)
    words = content.placeholders(dice, at)
    # Every fourth ticket belongs to the demo customer, so that the portal has something to show.
    customer, organization = people.customers[0] if index % 4 == 0 else dice.choice(people.customers)
    agent = dice.choice(people.agents)
    first, *replies = scenario["thread"]
    status = TicketStatus(scenario["status"])
    ticket = Ticket.open(
        subject=content.fill(scenario["subject"], words),
        body=content.fill(first[1], words),
        requester_id=customer,
        organization_id=organization,
        group_id=people.groups[scenario["group"]],
        assignee_id=None if status is TicketStatus.NEW else agent,
        priority=scenario["priority"],
        type=scenario["type"],
        tags=scenario["tags"],
        locale=scenario["locale"],
        channel=TicketChannel.WEB,
        external_id=external_id(content.seed, index),
        at=at,
        id=content.id("ticket", index),
    )
    for speaker, words_of_speaker in replies:
        at = min(at + timedelta(minutes=dice.randint(4, 600)), content.now)
        ticket.add_message(
            author_id=customer if speaker == "customer" else agent,
            author_role=Role.CUSTOMER if speaker == "customer" else Role.AGENT,
            visibility=Visibility.INTERNAL if speaker == "note" else Visibility.PUBLIC,
            body=content.fill(words_of_speaker, words),
            at=at,
        )
    for step in steps_to(ticket.status, status):
        ticket.change_status(step, at=at)
    return ticket


def demo_tickets(content: DemoContent, numbers: range) -> Iterator[Ticket]:
    people = DemoPeople.of(content)
    for index in numbers:
        yield demo_ticket(content, people, index)
