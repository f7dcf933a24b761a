package processor

import (
	"encoding/binary"
	"fmt"
	"math"

	"driftless/processor/rules"
	"driftless/schema"
)

// routeHeader carries what a forwarded record says beside its event: the first
// log-append time, where it was consumed first, and the route. Nothing of it
// is needed to read the event itself.
const routeHeader = "driftless-route"

const routeFormat = 1

// RedriveHeader is the header of a record that is sent again under its identity:
// it is judged by its first log-append time and place. Target only has to be
// there: the record's own item tells where it belongs.
func RedriveHeader(origin rules.Origin, loggedAt int64, target string) schema.Header {
	again := rules.Forward{LoggedAt: loggedAt, Origin: origin, Route: rules.Route{Role: rules.Misrouted, Target: target}}
	return schema.Header{Key: routeHeader, Value: appendRoute(nil, &again)}
}

// appendRoute encodes the header of a forwarded record.
func appendRoute(dst []byte, f *rules.Forward) []byte {
	dst = append(dst, routeFormat, byte(f.Route.Role))
	dst = binary.AppendVarint(dst, f.LoggedAt)
	dst = binary.AppendVarint(dst, int64(f.Origin.Partition))
	dst = binary.AppendVarint(dst, f.Origin.Offset)
	dst = binary.AppendVarint(dst, f.Route.BaseUnits)
	withdrawn := byte(0)
	if f.Route.Withdrawn {
		withdrawn = 1
	}
	dst = append(dst, withdrawn)
	for _, text := range []string{f.Route.Target, f.Route.Unit, f.Route.From} {
		dst = binary.AppendUvarint(dst, uint64(len(text)))
		dst = append(dst, text...)
	}
	return dst
}

// readRoute fills a delivery from the header of a forwarded record. A record
// without one comes from a producer and is its own origin.
func readRoute(record *schema.Record, d *rules.Delivery) error {
	d.LoggedAt = record.LoggedAt
	d.Origin = rules.Origin{Partition: record.Partition, Offset: record.Offset}
	for i := range record.Headers {
		if record.Headers[i].Key == routeHeader {
			return parseRoute(record.Headers[i].Value, d)
		}
	}
	return nil
}

func parseRoute(data []byte, d *rules.Delivery) error {
	r := routeReader{data: data}
	if format := r.byte(); format != routeFormat {
		return fmt.Errorf("header %s: format %d isn't known to this release", routeHeader, format)
	}
	d.Route.Role = rules.Role(r.byte())
	d.LoggedAt = r.int()
	partition := r.int()
	d.Origin = rules.Origin{Partition: int32(partition), Offset: r.int()}
	d.Route.BaseUnits = r.int()
	withdrawn := r.byte()
	d.Route.Withdrawn = withdrawn == 1
	d.Route.Target, d.Route.Unit, d.Route.From = r.text(), r.text(), r.text()
	placed := partition >= 0 && partition <= math.MaxInt32 && d.Origin.Offset >= 0
	known := d.Route.Role <= rules.Misrouted && d.Route.Target != "" && withdrawn <= 1
	if r.failed || len(r.data) != 0 || !placed || !known {
		return fmt.Errorf("header %s: damaged; only this system may write it", routeHeader)
	}
	if d.Route.Role == rules.Misrouted {
		d.Route = rules.Route{}
	}
	return nil
}

type routeReader struct {
	data   []byte
	failed bool
}

func (r *routeReader) byte() byte {
	if len(r.data) == 0 {
		r.failed = true
		return 0
	}
	b := r.data[0]
	r.data = r.data[1:]
	return b
}

func (r *routeReader) int() int64 {
	value, n := binary.Varint(r.data)
	if n <= 0 {
		r.failed, r.data = true, nil
		return 0
	}
	r.data = r.data[n:]
	return value
}

func (r *routeReader) text() string {
	length, n := binary.Uvarint(r.data)
	if n <= 0 || length > uint64(len(r.data)-n) {
		r.failed, r.data = true, nil
		return ""
	}
	text := string(r.data[n : n+int(length)])
	r.data = r.data[n+int(length):]
	return text
}
