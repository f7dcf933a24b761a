package yamltree

import (
	"fmt"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"
)

// value draws what a document may hold: texts, lists and maps of them.
func value(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kind := 0
		if depth > 0 {
			kind = rapid.IntRange(0, 2).Draw(t, "kind")
		}
		switch kind {
		case 1:
			list := []any{}
			for range rapid.IntRange(1, 4).Draw(t, "items") {
				list = append(list, value(depth-1).Draw(t, "item"))
			}
			return list
		case 2:
			tree := map[string]any{}
			for range rapid.IntRange(1, 4).Draw(t, "fields") {
				tree[rapid.StringMatching(`[a-z][a-z0-9_]{0,8}`).Draw(t, "name")] = value(depth-1).Draw(t, "field")
			}
			return tree
		}
		return rapid.OneOf(
			rapid.StringMatching(`[a-zA-Z0-9:.*/ -]{1,12}`),
			rapid.SampledFrom([]string{"0012", "yes", "null", "1e3", "~", "'", `"`, "a: b", "# no comment", " padded ", "line\nbreak"}),
		).Draw(t, "text")
	})
}

// plain turns a tree back into what it was made from.
func plain(node *Node) any {
	switch node.Kind {
	case List:
		list := []any{}
		for _, item := range node.Items {
			list = append(list, plain(item))
		}
		return list
	case Map:
		tree := map[string]any{}
		for _, field := range node.Fields {
			tree[field.Name] = plain(field.Value)
		}
		return tree
	}
	return node.Text
}

// TestParseReadsWhatAWriterWrote writes any value by the YAML library and reads
// it back; texts come back as they were, whatever they look like.
func TestParseReadsWhatAWriterWrote(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := value(3).Draw(t, "value")
		written, err := yaml.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := Parse(written)
		if err != nil {
			t.Fatalf("%v in\n%s", err, written)
		}
		if got := plain(tree); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%q\nbecame %q\nin\n%s", want, got, written)
		}
	})
}

func TestLineEndsOfOtherSystems(t *testing.T) {
	tree, err := Parse([]byte("a: 1\r\nb:\r\n  c: two\r\n"))
	if err != nil || tree.Get("a").Text != "1" || tree.Get("b").Get("c").Text != "two" || tree.Fields[1].Line != 2 {
		t.Errorf("%+v, %v", tree, err)
	}
}

func TestLinesAreThoseOfAnEditor(t *testing.T) {
	text := "# comment\n\na: 1\n\n# another\nb:\n- x\n\n- y: 1\n  z: 2\nc: {d: 1,\n  e: 2}\n"
	tree, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text, "\n")
	var check func(node *Node)
	check = func(node *Node) {
		for _, item := range node.Items {
			check(item)
		}
		for _, field := range node.Fields {
			if !strings.Contains(lines[field.Line-1], field.Name+":") {
				t.Errorf("%s isn't on line %d: %q", field.Name, field.Line, lines[field.Line-1])
			}
			check(field.Value)
		}
	}
	check(tree)
}
