package retail

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

// The embedded day is made from the published file, see ATTRIBUTION.
//
//go:generate go run ./pack orders-2011-09-20.csv orders.csv.gz
//go:embed orders.csv.gz
var embedded []byte

// Line is one row of an order export.
type Line struct {
	Order    string
	ID       string // the row's place within its order, from "1"
	Code     string // as the shop writes it; one SKU may have several spellings
	Quantity int64  // pieces; negative: goods that come back, or a write-off
	At       time.Time
}

// Credit says whether the line is goods that come back: in this trade a
// credit's number begins with C. A negative line without it is a write-off.
func (l Line) Credit() bool {
	return l.Quantity < 0 && strings.HasPrefix(l.Order, "C")
}

// SKU is the stock-keeping unit of the line. The shop's own spellings differ
// in case only ("85123a", "85123A"); the SKU is the upper one, the others are
// its aliases.
func (l Line) SKU() string { return strings.ToUpper(l.Code) }

// Orders are the lines of an export in the file's order.
type Orders struct {
	Lines    []Line
	Services int // rows left out because their code is a service, not stock
}

// Embedded returns the day that comes with the program.
func Embedded() (*Orders, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(embedded))
	if err != nil {
		return nil, fmt.Errorf("unpack the embedded orders: %w", err)
	}
	orders, err := Load(unpacked)
	if err != nil {
		return nil, fmt.Errorf("read the embedded orders: %w", err)
	}
	return orders, nil
}

// LoadFile reads the order export at path, see Load.
func LoadFile(path string) (*Orders, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the order export: %w", err)
	}
	defer func() { _ = file.Close() }()
	orders, err := Load(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return orders, nil
}

// Load reads an order export: CSV with a header that names, in any order and
// in one of the usual spellings, the order, the item's code, the quantity and
// the time; other columns are passed over. An error names the line of the file
// and the field, and says what would be right.
//
// Where the header is that of the published data (InvoiceNo, StockCode), a
// code that doesn't begin with five digits is a service and is counted only.
func Load(r io.Reader) (*Orders, error) {
	reader := csv.NewReader(r)
	reader.ReuseRecord = true
	header, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("line 1: read the header: %w; the first line must name the columns", err)
	}
	columns, err := findColumns(header)
	if err != nil {
		return nil, err
	}
	orders, err := readLines(reader, columns)
	if err == nil && len(orders.Lines) == 0 {
		err = errors.New("no order line of a stocked item in the export; is it the right file")
	}
	return orders, err
}

func readLines(reader *csv.Reader, columns columns) (*Orders, error) {
	orders, rows := &Orders{}, map[string]int{}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return orders, nil
		}
		if err != nil {
			// The csv package's own error names the line.
			return nil, fmt.Errorf("read a row: %w; mend the row or export again", err)
		}
		number, _ := reader.FieldPos(0)
		line, err := columns.parse(record)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		rows[line.Order]++
		line.ID = strconv.Itoa(rows[line.Order])
		if columns.published && !stocked(line.Code) {
			orders.Services++
			continue
		}
		orders.Lines = append(orders.Lines, line)
	}
}

// stocked says whether a code of the published data is a stocked item: it
// begins with five digits. POST, DOT, M and their like are services.
func stocked(code string) bool {
	if len(code) < 5 {
		return false
	}
	for _, digit := range []byte(code[:5]) {
		if digit < '0' || digit > '9' {
			return false
		}
	}
	return true
}
