"""Events that are posted to the PT's own tools, by Standard Webhooks: rows of the queue of emails,
delivered after all of those."""
