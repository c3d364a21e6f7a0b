"""What routes work with: made once per process by bootstrap, handed to every request through its state."""

from __future__ import annotations

from dataclasses import dataclass

from read_api.events.log import EventLog
from read_api.freshness import FreshnessReader, Refresher
from read_api.identify import Identifier
from read_api.labels import LabelReader
from read_api.paging import Pager
from read_api.search.people import Namesakes
from read_api.slots import Slots
from read_api.stores.es import SearchStore
from read_api.stores.redis import LookupStore
from read_api.tickets.questions import ListQuestion, Questions, SearchQuestion
from runtime.files.store import FileStore


@dataclass(frozen=True)
class Services:
    search: SearchStore
    lookup: LookupStore
    identifier: Identifier
    freshness: FreshnessReader
    refresher: Refresher
    labels: LabelReader
    pager: Pager
    namesakes: Namesakes
    list_questions: Questions[ListQuestion]
    search_questions: Questions[SearchQuestion]
    files: FileStore
    events: EventLog
    event_streams: Slots
    exports: Slots
    heartbeat_s: float
