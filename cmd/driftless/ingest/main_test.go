package ingest_test

import (
	"os"
	"testing"

	"driftless/connectors/kafka/apache"
)

func TestMain(m *testing.M) { os.Exit(apache.During(m.Run)) }
