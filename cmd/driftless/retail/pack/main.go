// Command pack makes the embedded day from the published order file: the four
// columns that the play needs, compressed. It is run by go generate.
//
//	pack orders-2011-09-20.csv orders.csv.gz
package main

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: pack FILE.csv FILE.csv.gz")
		os.Exit(2)
	}
	if err := packFile(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

func packFile(from, to string) (err error) {
	source, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("open the published orders (ATTRIBUTION says where they are): %w", err)
	}
	defer func() { _ = source.Close() }()
	target, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("create the packed orders: %w", err)
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	return pack(source, target)
}

// pack writes invoice, code, quantity and minute of every row, in the file's
// order. The output holds no time stamp, so the same input gives the same bytes.
func pack(source io.Reader, target io.Writer) error {
	compressed, err := gzip.NewWriterLevel(target, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("compress: %w", err)
	}
	writer := csv.NewWriter(compressed)
	reader := csv.NewReader(source)
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read the published orders: %w", err)
		}
		if len(row) < 5 {
			return fmt.Errorf("a row of %d columns; the published file has invoice, code, description, quantity, date first", len(row))
		}
		if err := writer.Write([]string{row[0], row[1], row[3], minute(row[4])}); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	writer.Flush()
	return errors.Join(writer.Error(), compressed.Close())
}

// minute cuts the seconds, which are 00 throughout the published file.
func minute(instant string) string {
	if len(instant) == len("2011-09-20 08:23:00") && instant[16:] == ":00" {
		return instant[:16]
	}
	return instant
}
