package main

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// A browser is a reader of clientDataJSON: docs/formats.md, "Client data". Every method says whether all was well so far.
type browser struct {
	data []byte
	at   int
}

// clientData gives the members of the object: strings, booleans, and nil for every other value.
func clientData(data []byte) (map[string]any, bool) {
	if len(data) > 4096 || !utf8.Valid(data) {
		return nil, false
	}
	b := &browser{data: data}
	b.space()
	members, ok := b.object(1)
	b.space()
	return members, ok && b.at == len(data) && len(members) <= 16
}

func (b *browser) peek() byte {
	if b.at < len(b.data) {
		return b.data[b.at]
	}
	return 0 // a NUL byte stands nowhere outside of a string either
}

func (b *browser) space() {
	for c := b.peek(); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = b.peek() {
		b.at++
	}
}

// take goes over one byte if it is this one, and over white space around it.
func (b *browser) take(c byte) bool {
	b.space()
	if b.peek() != c {
		return false
	}
	b.at++
	b.space()
	return true
}

func (b *browser) object(level int) (map[string]any, bool) {
	members := map[string]any{}
	if level > 8 || !b.take('{') {
		return nil, false
	}
	if b.take('}') {
		return members, true
	}
	for {
		key, ok := b.text()
		if _, twice := members[key]; !ok || twice || !b.take(':') {
			return nil, false
		}
		if members[key], ok = b.value(level); !ok {
			return nil, false
		}
		if b.take('}') {
			return members, true
		}
		if !b.take(',') {
			return nil, false
		}
	}
}

func (b *browser) list(level int) bool {
	if level > 8 || !b.take('[') {
		return false
	}
	if b.take(']') {
		return true
	}
	for {
		if _, ok := b.value(level); !ok {
			return false
		}
		if b.take(']') {
			return true
		}
		if !b.take(',') {
			return false
		}
	}
}

// value reads what stands in an object or a list of this level.
func (b *browser) value(level int) (any, bool) {
	switch b.peek() {
	case '"':
		return b.text()
	case '{':
		_, ok := b.object(level + 1)
		return nil, ok
	case '[':
		return nil, b.list(level + 1)
	case 't':
		return true, b.word("true")
	case 'f':
		return false, b.word("false")
	case 'n':
		return nil, b.word("null")
	}
	return nil, b.number()
}

func (b *browser) word(word string) bool {
	if len(b.data)-b.at < len(word) || string(b.data[b.at:b.at+len(word)]) != word {
		return false
	}
	b.at += len(word)
	return true
}

func (b *browser) number() bool {
	b.word("-")
	if !b.word("0") && !b.digits() {
		return false
	}
	if b.word(".") && !b.digits() {
		return false
	}
	if b.word("e") || b.word("E") {
		if !b.word("+") {
			b.word("-")
		}
		return b.digits()
	}
	return true
}

func (b *browser) digits() bool {
	start := b.at
	for c := b.peek(); c >= '0' && c <= '9'; c = b.peek() {
		b.at++
	}
	return b.at > start
}

func (b *browser) text() (string, bool) {
	if b.peek() != '"' {
		return "", false
	}
	b.at++
	var out []byte
	for b.at < len(b.data) {
		c := b.data[b.at]
		b.at++
		switch {
		case c == '"':
			return string(out), true
		case c < 0x20:
			return "", false
		case c == '\\':
			char, ok := b.escape()
			if !ok {
				return "", false
			}
			out = utf8.AppendRune(out, char)
		default:
			out = append(out, c)
		}
	}
	return "", false
}

// escape reads what stands behind a backslash, and the second half of a character where the first was one.
func (b *browser) escape() (rune, bool) {
	short := map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': 8, 'f': 12, 'n': 10, 'r': 13, 't': 9}
	if char, ok := short[b.peek()]; ok {
		b.at++
		return char, true
	}
	first, ok := b.unit()
	if !ok || !utf16.IsSurrogate(first) {
		return first, ok
	}
	if !b.word(`\`) {
		return 0, false
	}
	second, ok := b.unit()
	char := utf16.DecodeRune(first, second)
	return char, ok && char != utf8.RuneError
}

// unit reads u and four hex digits.
func (b *browser) unit() (rune, bool) {
	if !b.word("u") || len(b.data)-b.at < 4 {
		return 0, false
	}
	unit := rune(0)
	for _, c := range b.data[b.at : b.at+4] {
		digit, err := strconv.ParseUint(string(rune(c)), 16, 8)
		if err != nil {
			return 0, false
		}
		unit = unit<<4 | rune(digit)
	}
	b.at += 4
	return unit, true
}
