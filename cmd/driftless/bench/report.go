package bench

import (
	"fmt"
	"strconv"

	"driftless/cmd/driftless/output"
)

// CostTable shows what events cost, a line for each workload.
func CostTable(costs []Cost) output.Table {
	table := output.Table{
		Columns: []string{"SKUS", "LOAD", "EVENTS", "BYTES", "ENGINE µs", "FLOOR µs", "RATIO", "AT EXIT µs", "EVENTS/s", "RSS MiB", "RUNS"},
		Empty:   "nothing was measured",
	}
	for _, cost := range costs {
		m := cost.Median
		table.Rows = append(table.Rows, []string{
			strconv.Itoa(cost.SKUs), loadName(cost.Zipf), strconv.FormatInt(cost.Events, 10), fmt.Sprintf("%.0f", cost.Bytes),
			fmt.Sprintf("%.2f", m.Engine), fmt.Sprintf("%.2f", m.Floor), fmt.Sprintf("%.2f", m.Ratio), fmt.Sprintf("%.2f", m.Leaving),
			fmt.Sprintf("%.0f", m.EventsSec), mebibytes(m.Resident), strconv.Itoa(len(cost.Runs)),
		})
	}
	return table
}

func loadName(exponent float64) string {
	if exponent <= 1 {
		return "uniform"
	}
	return "Zipf " + strconv.FormatFloat(exponent, 'g', -1, 64)
}

// mebibytes shows a size; "?" where the system didn't tell.
func mebibytes(bytes int64) string {
	if bytes == 0 {
		return "?"
	}
	return strconv.FormatInt(bytes>>20, 10)
}

// figures is a table of single figures, each with its name.
func figures(rows ...[2]string) output.Table {
	table := output.Table{Columns: []string{"FIGURE", "VALUE"}}
	for _, row := range rows {
		table.Rows = append(table.Rows, row[:])
	}
	return table
}

func millisecondsText(ms float64) string { return fmt.Sprintf("%.1f ms", ms) }

// Table shows latency and starts.
func (l Latency) Table() output.Table {
	return figures(
		[2]string{"load", fmt.Sprintf("%d events a second for %.0f s, %d SKUs", l.Rate, l.Seconds, l.SKUs)},
		[2]string{"from produce to change, measured", strconv.Itoa(l.Spread.Samples)},
		[2]string{"p50", millisecondsText(l.Spread.P50)},
		[2]string{"p99", millisecondsText(l.Spread.P99)},
		[2]string{"p99.9", millisecondsText(l.Spread.P999)},
		[2]string{"longest", millisecondsText(l.Spread.Most)},
		[2]string{"most resident", mebibytes(l.Resident) + " MiB"},
		[2]string{"ready after kill -9", fmt.Sprintf("%.2f s", l.Restart)},
		[2]string{"ready with an empty state folder", fmt.Sprintf("%.2f s", l.Restore)},
		[2]string{"records of the state topic", fmt.Sprintf("%d, %.0f a second", l.Rows, l.RowsSec)},
	)
}

// Table shows the busy SKU.
func (h Hot) Table() output.Table {
	table := output.Table{Columns: []string{"EVENT", "SAMPLES", "P50 ms", "P99 ms", "MOST ms"}}
	for _, row := range []struct {
		name   string
		spread Spread
	}{{"receipt (ordinary)", h.Ordinary}, {"void", h.Void}, {"late count", h.Count}} {
		table.Rows = append(table.Rows, []string{
			row.name, strconv.Itoa(row.spread.Samples), fmt.Sprintf("%.1f", row.spread.P50),
			fmt.Sprintf("%.1f", row.spread.P99), fmt.Sprintf("%.1f", row.spread.Most),
		})
	}
	return table
}

// Table shows memory.
func (m Memory) Table() output.Table {
	table := output.Table{Columns: []string{"INPUT", "RSS MiB", "REMARK"}}
	table.Rows = [][]string{
		{"steady", mebibytes(m.Steady), fmt.Sprintf("%d SKUs", m.SKUs)},
		{"flooded", mebibytes(m.Flooded), fmt.Sprintf("%d offered a second, at most %d behind", m.Offered, m.Lag)},
		{"all at once", mebibytes(m.Backlog), fmt.Sprintf("%d waiting at the start, %d taken a second", m.Waiting, m.Catching)},
	}
	return table
}
