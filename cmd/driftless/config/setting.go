package config

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"driftless/connectors/kafka"
)

// Setting is one leaf of Config: a single value or a list of them.
type Setting struct {
	Path    string // "kafka.tls.ca"
	Usage   string
	Default string // as text; "" where there is none
	Secret  bool

	oneOf []string
	value reflect.Value
}

// Settings lists every setting in the order of Config, for help pages and
// flags. They belong to a configuration of their own.
func Settings() []Setting { return settingsOf(base()) }

// settingsOf lists the settings of cfg; setting one changes cfg.
func settingsOf(cfg *Config) []Setting {
	var all []Setting
	collect("", reflect.ValueOf(cfg).Elem(), &all)
	return all
}

// collect walks the sections. Reflection keeps file, environment, flags, help
// and config show from ever disagreeing about which settings there are.
func collect(prefix string, section reflect.Value, all *[]Setting) {
	for i := range section.NumField() {
		field, value := section.Type().Field(i), section.Field(i)
		path := prefix + nameOf(field.Tag)
		switch {
		case derived(path):
		case value.Kind() == reflect.Struct:
			collect(path+".", value, all)
		default:
			*all = append(*all, newSetting(path, field.Tag, value))
		}
	}
}

// nameOf reads the connector's own tag where there is none of ours.
func nameOf(tag reflect.StructTag) string {
	if name := tag.Get("name"); name != "" {
		return name
	}
	return tag.Get("yaml")
}

// newSetting reads a field's tags; what has no default of its own is shown with
// the value that the connector gave it.
func newSetting(path string, tag reflect.StructTag, value reflect.Value) Setting {
	setting := Setting{Path: path, Usage: tag.Get("usage"), value: value}
	if setting.Usage == "" {
		setting.Usage = connectorUsage(path)
	}
	if choices := tag.Get("oneof"); choices != "" {
		setting.oneOf = strings.Split(choices, ",")
	}
	_, setting.Secret = value.Interface().(kafka.Secret)
	setting.Default = tag.Get("default")
	if setting.Default == "" {
		setting.Default = setting.Text()
	}
	return setting
}

// Environment is the name of the variable that gives this setting: two
// underscores stand for a dot.
func (s Setting) Environment() string {
	return environmentPrefix + strings.ToUpper(strings.ReplaceAll(s.Path, ".", "__"))
}

// Flag is the name of the flag that gives this setting, without its dashes.
func (s Setting) Flag() string {
	return strings.NewReplacer(".", "-", "_", "-").Replace(s.Path)
}

// IsList says whether the setting takes several values.
func (s Setting) IsList() bool { return s.value.Kind() == reflect.Slice }

// IsSwitch says whether the setting is true or false.
func (s Setting) IsSwitch() bool { return s.value.Kind() == reflect.Bool }

// Choices are the values that the setting may have, nil for any.
func (s Setting) Choices() []string { return s.oneOf }

// set takes the value from a text; a list's parts are divided by commas.
func (s Setting) set(text string) error {
	if s.IsList() {
		return s.setList(strings.Split(text, ","))
	}
	if err := s.checkChoice(text); err != nil {
		return err
	}
	parsed, err := s.parse(text)
	if err != nil {
		return err
	}
	s.value.Set(reflect.ValueOf(parsed).Convert(s.value.Type()))
	return nil
}

// checkChoice refuses what isn't one of the choices. The default may be beside
// them: "" stands for none.
func (s Setting) checkChoice(text string) error {
	if s.oneOf == nil || text == s.Default {
		return nil
	}
	for _, choice := range s.oneOf {
		if text == choice {
			return nil
		}
	}
	return fmt.Errorf("%q isn't one of %s", text, strings.Join(s.oneOf, ", "))
}

// setList takes parts over without the spaces around them; an empty text is an
// empty list.
func (s Setting) setList(parts []string) error {
	var values []string
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" {
			values = append(values, part)
		}
	}
	s.value.Set(reflect.ValueOf(values))
	return nil
}

// parse reads text as a value that converts to the setting's type.
func (s Setting) parse(text string) (any, error) {
	switch s.value.Interface().(type) {
	case bool:
		if text != "true" && text != "false" {
			return nil, fmt.Errorf("%q is neither true nor false", text)
		}
		return text == "true", nil
	case Bytes:
		return ParseBytes(text)
	case time.Duration:
		return ParseDuration(text)
	case int, int32:
		return s.parseNumber(text)
	}
	return text, nil
}

// parseNumber reads a whole number that fits 32 bits on every machine. The
// connector's sizes are plain numbers there, and may have a unit here.
func (s Setting) parseNumber(text string) (int64, error) {
	if s.isSize() {
		size, err := ParseBytes(text)
		if err == nil && int64(size) > math.MaxInt32 {
			err = fmt.Errorf("%s is more than 2GiB", text)
		}
		return int64(size), err
	}
	number, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%q isn't a whole number", text)
	}
	return number, nil
}

// isSize says whether a plain number of the connector's counts bytes.
func (s Setting) isSize() bool {
	return s.value.CanInt() && strings.HasSuffix(s.Path, "_bytes")
}

// Text is the setting's value as it would be written in the environment.
func (s Setting) Text() string {
	switch value := s.value.Interface().(type) {
	case []string:
		return strings.Join(value, ",")
	case time.Duration:
		return FormatDuration(value)
	case kafka.Secret:
		return string(value)
	case int, int32:
		if s.isSize() {
			return Bytes(s.value.Int()).String()
		}
		return fmt.Sprint(value)
	default:
		return fmt.Sprint(value)
	}
}
