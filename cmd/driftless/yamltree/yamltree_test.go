package yamltree

import (
	"strings"
	"testing"
)

func TestParseKeepsLinesAndTexts(t *testing.T) {
	tree, err := Parse([]byte("# a comment\nkafka:\n  bootstrap: [a:1, 'b:2']\n  empty:\nitems:\n- sku: 0012\n  base: \"EA\"\n- sku: B\nnote: |\n  two\n  lines\n"))
	if err != nil {
		t.Fatal(err)
	}
	bootstrap := tree.Get("kafka").Get("bootstrap")
	if bootstrap.Kind != List || len(bootstrap.Items) != 2 || bootstrap.Items[1].Text != "b:2" || bootstrap.Line != 3 {
		t.Errorf("bootstrap: %+v", bootstrap)
	}
	if !bootstrap.Items[1].Quoted || bootstrap.Items[0].Quoted {
		t.Error("quotes aren't told apart")
	}
	if empty := tree.Get("kafka").Get("empty"); empty == nil || empty.Kind != Null {
		t.Errorf("empty: %+v", empty)
	}
	first := tree.Get("items").Items[0]
	if first.Line != 6 || first.Get("sku").Text != "0012" || first.Get("base").Line != 7 {
		t.Errorf("first item: %+v", first)
	}
	if note := tree.Get("note"); note.Text != "two\nlines\n" {
		t.Errorf("note: %q", note.Text)
	}
	if tree.Get("absent") != nil {
		t.Error("a field that isn't there was found")
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"second document": "a: 1\n---\nb: 2\n",
		"anchor":          "a: &x 1\n",
		"alias":           "a: &x 1\nb: *x\n",
		"merge key":       "a: {b: 1}\n<<: {c: 1}\n",
		"tag":             "a: !!binary aGk=\n",
		"twice":           "a: 1\na: 2\n",
		"twice quoted":    "a: 1\n'a': 2\n",
		"broken":          "a: [1\n",
	} {
		if tree, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s: accepted as %+v", name, tree)
		}
	}
}

func TestParseEmpty(t *testing.T) {
	for _, text := range []string{"", "\n", "# only a comment\n", "---\n"} {
		tree, err := Parse([]byte(text))
		if err != nil || tree.Kind != Null {
			t.Errorf("%q: %+v, %v", text, tree, err)
		}
	}
}

func TestKindsAreNamed(t *testing.T) {
	for kind, want := range map[Kind]string{Null: "nothing", Scalar: "value", List: "list", Map: "map"} {
		if !strings.Contains(kind.String(), want) {
			t.Errorf("%d is %q", kind, kind)
		}
	}
}

func FuzzParseNeverPanics(f *testing.F) {
	f.Add([]byte("a: 1\nb: [x, {y: z}]\n"))
	f.Add([]byte("- ? a\n  : b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tree, err := Parse(data)
		if err == nil && tree == nil {
			t.Fatal("neither a tree nor an error")
		}
	})
}
