package demo

import (
	"fmt"
	"path/filepath"
	"strings"
)

// next says what can be tried while broker and engine still run: commands that
// can be copied as they are.
func next(program string, c *cluster, r *Result) []string {
	sku := ""
	switch {
	case r.Explanation != nil:
		sku = r.Explanation.SKU
	case len(r.Drift) > 0:
		sku = r.Drift[0].SKU
	}
	server, broker := "--server "+c.settings["http.client.server"], "--kafka-brokers "+c.settings["kafka.brokers"]
	if prefix := c.settings["kafka.topics.prefix"]; prefix != "" { // no flag of every command's
		program = "DRIFTLESS_KAFKA__TOPICS__PREFIX=" + prefix + " " + program
	}
	logs := "The logs are " + filepath.Join(c.folder, "engine.log") + " and broker.log beside it; the folder stays."
	if c.brokerProcess == nil {
		logs = "The log is " + filepath.Join(c.folder, "engine.log") + "; the folder stays, and so do the topics."
	}
	return []string{
		"",
		"Everything keeps running until you press Ctrl-C. In another terminal:",
		"",
		fmt.Sprintf("    %s atp get %s %s", program, quoted(sku), server),
		fmt.Sprintf("    %s explain %s %s", program, quoted(sku), server),
		fmt.Sprintf("    %s atp watch %s", program, server),
		fmt.Sprintf("    %s atp list --network --oversold %s", program, broker),
		fmt.Sprintf("    %s dlq list %s", program, broker),
		fmt.Sprintf("    %s gap list %s", program, broker),
		fmt.Sprintf("    %s reference show %s", program, broker),
		fmt.Sprintf("    curl %s/metrics", c.settings["http.client.server"]),
		"",
		logs,
	}
}

// quoted protects a code that a shell would take apart.
func quoted(code string) string {
	if !strings.ContainsAny(code, " \t'\"$&|;<>()*?[]#~`\\!{}") {
		return code
	}
	return "'" + strings.ReplaceAll(code, "'", `'\''`) + "'"
}
