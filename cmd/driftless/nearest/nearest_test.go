package nearest

import "testing"

func TestOf(t *testing.T) {
	known := []string{"bootstrap", "group", "instance", "application"}
	for word, want := range map[string]string{
		"bootstraps": "bootstrap",
		"gruop":      "group",
		"instnace":   "instance",
		"zebra":      "",
	} {
		got, ok := Of(word, known)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%s: %q %v, want %q", word, got, ok, want)
		}
	}
	if got, ok := Of("anything", nil); ok {
		t.Errorf("%q out of nothing", got)
	}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"", "ab", 2}, {"kitten", "sitting", 3}, {"same", "same", 0}} {
		if got := Edits(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestSuggest(t *testing.T) {
	if got := Suggest("gruop", []string{"group"}); got != `did you mean "group"?` {
		t.Error(got)
	}
	if got := Suggest("zebra", []string{"group", "instance"}); got != "known here: group, instance" {
		t.Error(got)
	}
}
