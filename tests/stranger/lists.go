package main

import (
	"sort"
	"strings"
)

// What the standard library of Go 1.19 lacks; with it this program builds where an older Debian is at hand.

func some[T any](list []T, fits func(T) bool) bool {
	for _, item := range list {
		if fits(item) {
			return true
		}
	}
	return false
}

func has[T comparable](list []T, wanted T) bool {
	return some(list, func(item T) bool { return item == wanted })
}

func sortedKeys[V any](of map[string]V) []string {
	var keys []string
	for key := range of {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// alike says whether two lists hold the same texts, in any order.
func alike(a, b []string) bool {
	a, b = append([]string{}, a...), append([]string{}, b...)
	sort.Strings(a)
	sort.Strings(b)
	return strings.Join(a, "\n") == strings.Join(b, "\n") && len(a) == len(b)
}

// orNil is nothing in place of a value that is not set, as JSON shows it.
func orNil[T comparable](value T) any {
	var unset T
	if value == unset {
		return nil
	}
	return value
}

// texts are the items of a list of texts.
func texts(list []any) (all []string) {
	for _, item := range list {
		text, _ := item.(string)
		all = append(all, text)
	}
	return all
}

func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}

func min(a, b int) int { return -max(-a, -b) }

func cutPrefix(text, prefix string) (string, bool) {
	return strings.TrimPrefix(text, prefix), strings.HasPrefix(text, prefix)
}

func toHash(data []byte) hash { return *(*hash)(data) }
