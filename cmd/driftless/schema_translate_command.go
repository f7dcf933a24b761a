package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"driftless/schema"
)

// newSchemaEncodeCommand and newSchemaDecodeCommand are for whoever writes a
// producer or a consumer: what the bytes of a record are, and what bytes say.
func newSchemaEncodeCommand(a *app) *cobra.Command {
	return a.translating("encode", "Print the bytes of records, to compare with a producer's", `Reads records of a schema as Avro's JSON, one a line, and prints the bytes of each as hexadecimal
digits: Avro's single-object encoding, as a producer should write it. Fields that have a default
may be left out. "-" reads standard input.`, "  driftless schema encode InventoryEvent records.json",
		func(codec *schema.Codec, line string) (string, error) {
			value, err := codec.FromJSON([]byte(line))
			return hex.EncodeToString(value), err
		})
}

func newSchemaDecodeCommand(a *app) *cobra.Command {
	return a.translating("decode", "Print what the bytes of records say", `Reads records as hexadecimal digits, one a line, in Avro's single-object encoding, and prints each
as Avro's JSON. "-" reads standard input.`, "  driftless schema encode InventoryEvent records.json | driftless schema decode InventoryEvent -",
		func(codec *schema.Codec, line string) (string, error) {
			value, err := hex.DecodeString(line)
			if err != nil {
				return "", fmt.Errorf("not hexadecimal digits: %w", err)
			}
			text, err := codec.ToJSON(value)
			return string(text), err
		})
}

// translating makes a command that turns each line of a file into another by the
// codec of a schema.
func (a *app) translating(name, short, long, example string, line func(*schema.Codec, string) (string, error)) *cobra.Command {
	return &cobra.Command{
		Use: name + " NAME FILE", Short: short, Long: long, Example: example, Args: cobra.ExactArgs(2),
		ValidArgsFunction: cobra.FixedCompletions(schemaNames(), cobra.ShellCompDirectiveDefault),
		RunE: func(_ *cobra.Command, args []string) error {
			found, err := findSchema(args[0])
			if err != nil {
				return err
			}
			codec, err := schema.NewCodec(found.Text)
			if err != nil {
				return err
			}
			return a.eachLine(args[1], func(text string) (string, error) { return line(codec, text) })
		},
	}
}

// eachLine prints what becomes of every line of a file that isn't blank.
func (a *app) eachLine(path string, become func(string) (string, error)) error {
	input, err := a.openInput(path)
	if err != nil {
		return fmt.Errorf("read the records: %w", err)
	}
	defer input.Close() // only read from
	lines := bufio.NewScanner(input)
	lines.Buffer(nil, 2*schema.MaxLineBytes)
	for number := 1; lines.Scan(); number++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		result, err := become(text)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", path, number, err)
		}
		if _, err := fmt.Fprintln(a.Out, result); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}
