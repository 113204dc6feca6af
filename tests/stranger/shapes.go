package main

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
)

type object = map[string]any

// Fields of an object that is known to fit; a missing one is the zero value.
func text(o object, name string) string  { s, _ := o[name].(string); return s }
func num(o object, name string) int      { n, _ := o[name].(int); return n }
func list(o object, name string) []any   { l, _ := o[name].([]any); return l }
func child(o object, name string) object { c, _ := o[name].(object); return c }
func objects(o object, name string) (out []object) {
	for _, item := range list(o, name) {
		one, _ := item.(object)
		out = append(out, one)
	}
	return out
}

// A rule says whether a value fits.
type rule func(any) bool

func match(pattern string) rule {
	compiled := regexp.MustCompile(`^(?:` + pattern + `)$`)
	return func(v any) bool { s, ok := v.(string); return ok && compiled.MatchString(s) }
}
func isHex(n int) func(string) bool {
	compiled := regexp.MustCompile(fmt.Sprintf("^[0-9a-f]{%d}$", n))
	return compiled.MatchString
}
func hexRule(n int) rule { return match(fmt.Sprintf("[0-9a-f]{%d}", n)) }
func oneOf(words string) rule {
	set := strings.Fields(words)
	return func(v any) bool { s, ok := v.(string); return ok && has(set, s) }
}
func between(low, high int) rule {
	return func(v any) bool { n, ok := v.(int); return ok && low <= n && n <= high }
}
func boolean(v any) bool { _, ok := v.(bool); return ok }
func isTrue(v any) bool  { return v == true }
func plainText(most int) rule {
	return func(v any) bool { s, ok := v.(string); n := len([]rune(s)); return ok && 1 <= n && n <= most }
}

var eightDigits = regexp.MustCompile(`[0-9]{8}`)

func words(most int) rule {
	plain := plainText(most)
	return func(v any) bool { return plain(v) && !eightDigits.MatchString(v.(string)) }
}
func listOf(most int, item rule) rule {
	return func(v any) bool {
		l, ok := v.([]any)
		return ok && len(l) > 0 && len(l) <= most && !some(l, func(x any) bool { return !item(x) })
	}
}

// fields are the members of an object; a name that ends with ? may be absent.
type fields map[string]rule

func (f fields) fit(v any) bool {
	o, ok := v.(object)
	seen := 0
	for name, fits := range f {
		bare := strings.TrimSuffix(name, "?")
		value, present := o[bare]
		if present && !fits(value) || !present && bare == name {
			return false
		}
		if present {
			seen++
		}
	}
	return ok && seen == len(o)
}

func with(a, b fields) fields {
	all := fields{}
	for _, f := range []fields{a, b} {
		for name, fits := range f {
			all[name] = fits
		}
	}
	return all
}

// unique says whether no two members of a list have the same key; sorted, whether the keys go up.
func unique(list []object, key func(object) string) bool {
	seen := map[string]bool{}
	for _, item := range list {
		if seen[key(item)] {
			return false
		}
		seen[key(item)] = true
	}
	return true
}
func sorted(list []object, key func(object) string) bool {
	return sort.SliceIsSorted(list, func(a, b int) bool { return key(list[a]) < key(list[b]) }) && unique(list, key)
}
func by(name string) func(object) string {
	return func(o object) string {
		if n, ok := o[name].(int); ok {
			return fmt.Sprintf("%09d", n)
		}
		return text(o, name)
	}
}
