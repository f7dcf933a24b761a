package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const published = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice\n" +
	"567368,22982,\"BRUSH, SMALL\",12,2011-09-20 08:23:00,1.25\n" +
	"C567440,M,x,-1,2011-09-20 08:23:30,2\n"

func TestPackKeepsTheFiguresOnly(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.csv.gz")
	if err := os.WriteFile(from, []byte(published), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := packFile(from, to); err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(reader)
	want := "InvoiceNo,StockCode,Quantity,InvoiceDate\n567368,22982,12,2011-09-20 08:23\nC567440,M,-1,2011-09-20 08:23:30\n"
	if err != nil || string(text) != want {
		t.Errorf("packed %q, %v; want %q", text, err, want)
	}
}

func TestPackIsReproducible(t *testing.T) {
	var one, two bytes.Buffer
	if err := pack(strings.NewReader(published), &one); err != nil {
		t.Fatal(err)
	}
	if err := pack(strings.NewReader(published), &two); err != nil || !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Errorf("two runs differ, %v", err)
	}
}

func TestPackRefusesAnotherFile(t *testing.T) {
	if err := pack(strings.NewReader("a,b\n"), io.Discard); err == nil || !strings.Contains(err.Error(), "2 columns") {
		t.Errorf("error %v", err)
	}
	if err := packFile(filepath.Join(t.TempDir(), "none"), "unused"); err == nil || !strings.Contains(err.Error(), "ATTRIBUTION") {
		t.Errorf("error %v", err)
	}
}
