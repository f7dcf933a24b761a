package bench

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"driftless/schema"
)

// stage is how far a document has come that several events tell of.
type stage uint8

const (
	placed    stage = iota // the web shop has sent the order line
	committed              // the ERP has taken it
	underway               // a transfer has left the depot
)

// document is an order line or a transfer that waits for its next event.
type document struct {
	sku    int
	number int64
	units  int64
	stage  stage
}

// sequences are the last ones that the systems have given for one SKU.
type sequences struct{ warehouse, tills, erp, shop int32 }

// Mix invents the events of a retail company, one after the other: order lines
// from the web shop over the ERP to the shipment, sales at the tills, receipts,
// transfers, corrections and cycle counts, and now and then a retry. The same
// seed gives the same events.
type Mix struct {
	random  *rand.Rand
	zipf    *rand.Zipf // nil: every SKU is as likely as any other
	last    []sequences
	waiting []document
	number  int64        // of documents
	given   int64        // transaction ids
	event   schema.Event // the latest
	repeat  bool         // the next one is the latest again
}

// retryEvery is how many events come to one that is sent twice.
const retryEvery = 200

// mostWaiting bounds the documents under way: some seconds of a busy day.
const mostWaiting = 20_000

// NewMix invents events over so many SKUs. An exponent above 1 makes a few SKUs
// sell most of it, by Zipf's law; any other treats all alike.
func NewMix(skus int, exponent float64, seed uint64) *Mix {
	random := rand.New(rand.NewPCG(seed, 0x5eed))
	mix := &Mix{random: random, last: make([]sequences, skus)}
	if exponent > 1 {
		mix.zipf = rand.NewZipf(random, exponent, 1, uint64(skus-1))
	}
	return mix
}

// Opening is the count with which a SKU begins at its depot.
func (m *Mix) Opening(sku int, now int64) *schema.Event {
	m.last[sku].warehouse++
	m.start(schema.StockCounted, warehouse, "OPEN-"+strconv.Itoa(sku), int64(m.last[sku].warehouse), now)
	m.about(sku, int64(200+sku%800), depots[sku%2])
	m.event.Through = m.event.Sequence
	return &m.event
}

// Next is the next event, as of an instant in milliseconds. It is valid until
// the one after it.
func (m *Mix) Next(now int64) *schema.Event {
	if m.repeat {
		m.repeat = false
		return &m.event
	}
	m.repeat = m.random.IntN(retryEvery) == 0
	m.number++
	draw := m.random.IntN(1000)
	switch {
	case len(m.waiting) > 0 && (draw < 480 || len(m.waiting) > mostWaiting):
		m.proceed(now)
	case draw < 700:
		m.order(now)
	case draw < 880:
		m.movement(schema.StockSold, "TILL", now)
	case draw < 935:
		m.movement(schema.GoodsReceived, "GRN", now)
	case draw < 960:
		m.transfer(now)
	case draw < 980:
		m.movement(schema.StockAdjusted, "ADJ", now)
	default:
		m.count(now)
	}
	return &m.event
}

// givenUp is how many order lines come to one that is cancelled.
const givenUp = 40

// Moves reports whether the latest event surely changes what is published, even
// where a commit takes in what follows: a line that is cancelled at once leaves
// no trace, and of such a commit nothing is published.
func (m *Mix) Moves() bool {
	switch m.event.Type {
	case schema.OrderPlaced:
		return m.number%givenUp != 0
	case schema.StockSold, schema.GoodsReceived, schema.StockAdjusted, schema.TransferShipped:
		return true
	}
	return false
}

// pick draws a SKU.
func (m *Mix) pick() int {
	if m.zipf != nil {
		return int(m.zipf.Uint64())
	}
	return m.random.IntN(len(m.last))
}

// start begins an event: its head, nothing of the one before it left.
func (m *Mix) start(kind schema.Type, source, transaction string, sequence, now int64) {
	m.event = schema.Event{Type: kind, Source: source, TransactionID: transaction, Sequence: sequence, OccurredAt: now}
}

// transaction is an id for the event that begins, shaped as most systems do.
func (m *Mix) transaction() string {
	m.given++
	return fmt.Sprintf("%08x-2026-4b1d-9c55-%012x", uint32(m.given*2654435761), m.given)
}

// about adds what most events have.
func (m *Mix) about(sku int, units int64, location string) {
	m.event.Item, m.event.Location = skuName(sku), location
	m.event.HasQuantity, m.event.Quantity = true, schema.Quantity{Value: units, Unit: "C62"}
}

// movement is stock that comes or goes, at a till or at a depot.
func (m *Mix) movement(kind schema.Type, name string, now int64) {
	sku := m.pick()
	last, units := &m.last[sku], int64(1+m.random.IntN(4))
	transaction := m.transaction()
	if kind == schema.StockSold {
		last.tills++
		m.start(kind, tills, transaction, int64(last.tills), now)
		m.about(sku, units, stores[sku%2])
	} else {
		last.warehouse++
		m.start(kind, warehouse, transaction, int64(last.warehouse), now)
		m.about(sku, units*6+1, depots[sku%2]) // never what a transfer takes away
	}
	m.event.Document, m.event.DocumentLine = fmt.Sprintf("%s-2026-11-%012d", name, m.number), "00010"
	if kind == schema.StockAdjusted {
		m.event.Reason = "damaged"
		m.event.Quantity.Value = -units
	}
}

// count is a cycle count at the depot, of all that has moved there.
func (m *Mix) count(now int64) {
	sku := m.pick()
	last := &m.last[sku]
	last.warehouse++
	m.start(schema.StockCounted, warehouse, m.transaction(), int64(last.warehouse), now)
	m.about(sku, int64(100+m.random.IntN(400)), depots[sku%2])
	m.event.Through = m.event.Sequence
	m.event.Document = fmt.Sprintf("COUNT-2026-11-%012d", m.number)
}

// order is a new line from the web shop.
func (m *Mix) order(now int64) {
	line := document{sku: m.pick(), number: m.number, units: int64(1 + m.random.IntN(3))}
	last := &m.last[line.sku]
	last.shop++
	m.start(schema.OrderPlaced, webShop, m.transaction(), int64(last.shop), now)
	m.about(line.sku, line.units, depots[line.sku%2])
	m.line(line)
	m.waiting = append(m.waiting, line)
}

// line names the order line that an event is about.
func (m *Mix) line(line document) {
	m.event.OrderID, m.event.LineID, m.event.Channel = fmt.Sprintf("WEB-2026-11-%012d", line.number), "1", channel
	m.event.Document, m.event.DocumentLine = fmt.Sprintf("SO-%09d", line.number), "10"
}

// transfer sends stock from the depot to a shop.
func (m *Mix) transfer(now int64) {
	sent := document{sku: m.pick(), number: m.number, units: 6, stage: underway}
	m.last[sent.sku].warehouse++
	m.move(sent, schema.TransferShipped, now)
	m.waiting = append(m.waiting, sent)
}

// move is one end of a transfer.
func (m *Mix) move(sent document, kind schema.Type, now int64) {
	source, place, sequence := warehouse, depots[sent.sku%2], m.last[sent.sku].warehouse
	if kind == schema.TransferReceived {
		source, place, sequence = tills, stores[sent.sku%2], m.last[sent.sku].tills
	}
	m.start(kind, source, m.transaction(), int64(sequence), now)
	m.about(sent.sku, sent.units, place)
	m.event.TransferID = fmt.Sprintf("TRANSFER-2026-%09d", sent.number)
	m.event.Document = m.event.TransferID
}

// proceed sends the next event of the document that has waited longest.
func (m *Mix) proceed(now int64) {
	next := m.waiting[0]
	m.waiting = m.waiting[1:]
	last := &m.last[next.sku]
	switch {
	case next.stage == underway:
		last.tills++
		m.move(next, schema.TransferReceived, now)
		return
	case next.stage == placed:
		last.erp++
		m.start(schema.OrderCommitted, erp, m.transaction(), int64(last.erp), now)
		next.stage = committed
		m.waiting = append(m.waiting, next)
	case next.number%givenUp == 0:
		last.erp++
		m.start(schema.OrderCancelled, erp, m.transaction(), int64(last.erp), now)
	default:
		last.warehouse++
		m.start(schema.OrderShipped, warehouse, m.transaction(), int64(last.warehouse), now)
		m.event.ShipmentID = fmt.Sprintf("P-%09d", next.number)
	}
	m.about(next.sku, next.units, depots[next.sku%2])
	m.line(next)
	switch m.event.Type {
	case schema.OrderCancelled:
		m.event.Location, m.event.Channel = "", ""
	case schema.OrderShipped:
		m.event.Channel = ""
	}
}
