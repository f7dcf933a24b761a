"""Sends events to driftless as a system that knows nothing of it but the schemas.

    producer.py BROKERS EVENTS.ndjson SCHEMAS [REGISTRY]

EVENTS.ndjson is what `driftless replay` reads. SCHEMAS is a folder with
InventoryEvent.avsc and ReferenceEvent.avsc, as `driftless schema show` prints
them. Without REGISTRY, values are in Avro's single-object encoding; with its
URL, in the Confluent wire format, by Confluent's own serializer.
"""

import datetime
import io
import json
import pathlib
import sys

import confluent_kafka
import fastavro
from confluent_kafka.schema_registry import (
    SchemaRegistryClient,
    topic_record_subject_name_strategy,
    topic_subject_name_strategy,
)
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

EVENTS, REFERENCE = "inventory.events.v1", "inventory.reference.v1"
INSTANTS = ("occurred_at", "placed_at", "expires_at", "voids_occurred_at", "as_of", "cutover_at")


def milliseconds(instant):
    """RFC 3339, or milliseconds already."""
    if isinstance(instant, int):
        return instant
    moment = datetime.datetime.fromisoformat(instant.replace("Z", "+00:00"))
    return round(moment.timestamp() * 1000)


def flat(event):
    """An event's JSON face as the Avro record of the same event."""
    record = dict(event)
    for name in INSTANTS:
        if name in record:
            record[name] = milliseconds(record[name])
    if "quantity" in record:
        record["has_quantity"] = True
        for part, value in record.pop("quantity").items():
            record["quantity_" + part] = value
    if "units" in record:
        record["units"] = [
            {"unit": unit, "numerator": ratio[0], "denominator": ratio[1]} for unit, ratio in record["units"].items()
        ]
    for name in ("safety_stock", "low_stock_threshold"):
        if name in record:
            record[name] = [{"location": place, "units": units} for place, units in record[name].items()]
    return record


def single_object(schema):
    """An encoder: two magic bytes, the schema's fingerprint, the record."""
    canonical = fastavro.schema.to_parsing_canonical_form(schema)
    fingerprint = bytes.fromhex(fastavro.schema.fingerprint(canonical, "CRC-64-AVRO"))
    parsed = fastavro.parse_schema(schema)

    def encode(record, topic):
        out = io.BytesIO()
        out.write(b"\xc3\x01" + fingerprint)
        fastavro.schemaless_writer(out, parsed, record)
        return out.getvalue()

    return encode


def confluent(schema, registry):
    """An encoder: a zero, the id that the registry gives the schema, the record."""
    client = SchemaRegistryClient({"url": registry})
    strategies = {EVENTS: topic_subject_name_strategy, REFERENCE: topic_subject_name_strategy}
    if schema["name"] == "ReferenceEvent":
        strategies[EVENTS] = topic_record_subject_name_strategy
    serializers = {
        topic: AvroSerializer(client, json.dumps(schema), conf={"subject.name.strategy": strategy})
        for topic, strategy in strategies.items()
    }

    def encode(record, topic):
        return serializers[topic](record, SerializationContext(topic, MessageField.VALUE))

    return encode


def main(brokers, events, schemas, registry=None):
    encoders = {}
    for name in ("InventoryEvent", "ReferenceEvent"):
        schema = json.loads(pathlib.Path(schemas, name + ".avsc").read_text())
        encoders[name] = confluent(schema, registry) if registry else single_object(schema)
    producer = confluent_kafka.Producer(
        {"bootstrap.servers": brokers, "enable.idempotence": True, "linger.ms": 20, "partitioner": "murmur2_random"}
    )
    refused = []
    for line in open(events, encoding="utf-8"):
        event = json.loads(line)
        logged_at = event.pop("logged_at", None) or milliseconds(event["occurred_at"])
        key = event.pop("key", event.get("item"))
        kind = event["type"]
        topic = EVENTS if "item" in event and kind != "GapWaived" else REFERENCE
        if topic == REFERENCE:
            key = "/".join((kind, event.get("name") or event.get("location") or event["channel"], event["transaction_id"]))
        encode = encoders["ReferenceEvent" if kind.endswith("Configured") or kind == "GapWaived" else "InventoryEvent"]
        while True:
            try:
                producer.produce(
                    topic, key=key, value=encode(flat(event), topic), timestamp=logged_at,
                    on_delivery=lambda error, _: refused.append(error) if error else None,
                )
                break
            except BufferError:  # as many as it takes are under way
                producer.poll(0.1)
    left = producer.flush(30)
    if left or refused:
        sys.exit(f"{left} records were not acknowledged, {len(refused)} refused: {refused[:1]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
