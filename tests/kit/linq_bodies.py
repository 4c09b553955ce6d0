"""Bodies as Linq sends them: from its documentation and public fixtures, or built from its SDK's schema."""

import json
from typing import Any

FLAGGED = (
    b'{"api_version":"v3","webhook_version":"2026-02-03","event_type":"phone_number.status_updated",'
    b'"event_id":"7f0c1f4e-3c52-4b6e-9a57-0d9f5a3c1e11","created_at":"2026-09-20T18:35:06.120334551Z",'
    b'"trace_id":"2eff5df5c6f688733c007523c4d61cd9","partner_id":"7ac8224b-c41a-54fb-96ed-e28a94f97ff6",'
    b'"data":{"phone_number":"+12025551234","previous_status":"ACTIVE","new_status":"FLAGGED",'
    b'"previous_reputation":"AT_RISK","new_reputation":"CRITICAL","changed_at":"2026-09-20T18:35:05.000Z"}}'
)
"""A line flagged, as since July 2026."""

MESSAGE_RECEIVED = (
    b'{"api_version":"v3","webhook_version":"2026-02-03","event_type":"message.received",'
    b'"event_id":"2915e81c-5068-4796-ace2-21d2c94ad298","created_at":"2026-02-05T19:31:13.736444093Z",'
    b'"trace_id":"8af9171a45022df2eb74ba4e4c83be0f","partner_id":"7ac8224b-c41a-54fb-96ed-e28a94f97ff6",'
    b'"data":{"chat":{"id":"8f392755-6865-4b18-880a-227f9d8b458f","is_group":false,'
    b'"owner_handle":{"handle":"+12025551234","id":"6d6c617f-187a-4dcd-a0d5-988347a8c092","is_me":true,'
    b'"joined_at":"2026-01-04T05:48:51.321469Z","left_at":null,"service":"iMessage","status":"active"},'
    b'"health_status":{"status":"HEALTHY","doc_url":"https://docs.linqapp.com/guides/chats/chat-health#healthy",'
    b'"updated_at":"2026-04-25T03:51:55.282Z"}},"id":"89e3566e-1d13-49e5-a8ee-48490d5bfeb7","direction":"inbound",'
    b'"sender_handle":{"handle":"+12025559876","id":"e604375a-5913-483a-8278-c631e8f0ffda","is_me":false,'
    b'"joined_at":"2026-01-04T05:48:51.321469Z","left_at":null,"service":"iMessage","status":"active"},'
    b'"parts":[{"type":"text","value":"Hello!","text_decorations":null}],"effect":null,"reply_to":null,'
    b'"sent_at":"2026-02-05T19:31:13.074Z","delivered_at":null,"read_at":null,"service":"iMessage",'
    b'"idempotency_key":null,"preferred_service":null}}'
)
"""A person's message, in the present version."""

MESSAGE_SENT = (
    b'{"api_version":"v3","webhook_version":"2026-02-03","event_type":"message.sent",'
    b'"event_id":"e20feb41-7f67-43f0-89c8-a985cff3b568","created_at":"2026-02-05T19:52:18.101373886Z",'
    b'"trace_id":"2eff5df5c6f688733c007523c4d61cd9","partner_id":"your-partner-id",'
    b'"data":{"chat":{"id":"0c961e93-e7bf-4db2-bf7b-ea06826bcab4","is_group":false,'
    b'"owner_handle":{"handle":"+12025551234","id":"8d79532a-f529-4244-a5cf-d443de051434","is_me":true,'
    b'"joined_at":"2026-01-21T21:59:45.191571Z","left_at":null,"service":"iMessage","status":"active"}},'
    b'"id":"347d62c2-2170-4754-8d30-c76d0c727d96","idempotency_key":null,"direction":"outbound",'
    b'"sender_handle":{"handle":"+12025551234","id":"8d79532a-f529-4244-a5cf-d443de051434","is_me":true,'
    b'"joined_at":"2026-01-21T21:59:45.191571Z","left_at":null,"service":"iMessage","status":"active"},'
    b'"parts":[{"type":"text","value":"Hello from Linq!"}],"effect":null,"sent_at":"2026-02-05T19:52:17.219Z",'
    b'"delivered_at":null,"read_at":null,"service":"iMessage","preferred_service":null}}'
)
"""A message from a line, in the present version."""

MESSAGE_OF_2025: dict[str, Any] = {
    "chat_id": "8f392755-6865-4b18-880a-227f9d8b458f",
    "from": "+12025559876",
    "from_handle": {"id": "h1", "handle": "+12025559876", "service": "iMessage", "is_me": False, "left_at": None},
    "is_from_me": False,
    "is_group": False,
    "message": {"id": "89e3566e", "parts": [{"type": "text", "value": "Hello!"}], "effect": None, "reply_to": None},
    "received_at": "2026-02-05T19:31:13.074Z",
    "recipient_phone": "+12025551234",
    "recipient_handle": {"id": "h2", "handle": "+12025551234", "service": "iMessage", "is_me": True},
    "service": "iMessage",
    "preferred_service": None,
    "idempotency_key": None,
}
"""`data` of a person's message in webhook version 2025-01-01."""

V2_MESSAGE_RECEIVED = (
    b'{"api_version":"v2","created_at":"2025-05-21T15:30:00-06:00","data":{"id":"27799380","chat_id":"324324",'
    b'"text":"Hello, how are you?","sent_at":"2025-05-21 15:30:00 -0600","is_read":false,"from_phone":"+15551234567",'
    b'"service":"iMessage","reaction_id":null,"chat_handles":[{"identifier":"+15551234567",'
    b'"display_name":"John Doe","is_me":false},{"identifier":"+15559876543","display_name":"Your Linq Number",'
    b'"is_me":true}],"attachments":[]},"event_id":"9dabceb9-9194-4dc6-beda-892573f377b4",'
    b'"event_type":"message.received"}'
)
"""A person's message in V2, the API before the present one."""


def make_body(event_type: object, data: object, **envelope: object) -> bytes:
    """Put `data` into an envelope of the present version; a field given as None is left out."""
    fields = {
        "api_version": "v3",
        "webhook_version": "2026-02-03",
        "event_type": event_type,
        "event_id": "0b7e6a52-8d5c-4a55-9f0c-4f5ad21b1c10",
        "created_at": "2026-09-20T18:35:06.120334551Z",
        "trace_id": "2eff5df5c6f688733c007523c4d61cd9",
        "partner_id": "7ac8224b-c41a-54fb-96ed-e28a94f97ff6",
        "data": data,
        **envelope,
    }
    return json.dumps({name: value for name, value in fields.items() if value is not None}).encode()
