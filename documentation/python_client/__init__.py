"""Writes what of clients/python follows from the OpenAPI documents: types and one method per operation."""
