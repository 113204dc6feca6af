package main

import (
	"encoding/base64"
	"errors"
	"strconv"
	"unicode/utf8"
)

// A parser reads the one spelling that docs/formats.md allows and refuses every other while it reads.
// With public set it reads the JSON of twins: any integer, null and character, 32 levels.
type parser struct {
	data   []byte
	at     int
	public bool
	path   []string // keys of the objects around, "" for a list
}

var errJSON = errors.New("not canonical JSON")

const maxEntry = 65535

// parseStatement reads canonical JSON: map[string]any, []any, string, int, bool, nil.
func parseStatement(data []byte) (any, error) {
	if len(data) > maxEntry {
		return nil, errJSON
	}
	return (&parser{data: data}).all()
}

// parsePublic reads the JSON of twins, with its final newline.
func parsePublic(data []byte) (any, error) {
	if len(data) == 0 || data[len(data)-1] != '\n' {
		return nil, errJSON
	}
	return (&parser{data: data[:len(data)-1], public: true}).all()
}

func (p *parser) all() (any, error) {
	value, err := p.value()
	if err == nil && p.at != len(p.data) {
		err = errJSON
	}
	return value, err
}

func (p *parser) peek() byte {
	if p.at < len(p.data) {
		return p.data[p.at]
	}
	return 0
}

func (p *parser) take(token string) bool {
	if len(p.data)-p.at >= len(token) && string(p.data[p.at:p.at+len(token)]) == token {
		p.at += len(token)
		return true
	}
	return false
}

func (p *parser) value() (any, error) {
	switch p.peek() {
	case '{':
		return p.object()
	case '[':
		return p.list()
	case '"':
		return p.text()
	}
	switch {
	case p.take("true"):
		return true, nil
	case p.take("false"):
		return false, nil
	case p.take("null"):
		cell := len(p.path) == 3 && p.path[0] == "rows" && p.path[2] == ""
		if p.public || cell {
			return nil, nil
		}
		return nil, errJSON
	}
	return p.number()
}

func (p *parser) enter(key string) error {
	limit := 8
	if p.public {
		limit = 32
	}
	p.path = append(p.path, key)
	if len(p.path) > limit {
		return errJSON
	}
	return nil
}

func (p *parser) leave() { p.path = p.path[:len(p.path)-1] }

func (p *parser) object() (any, error) {
	if err := p.enter(""); err != nil {
		return nil, err
	}
	defer p.leave()
	p.take("{")
	object, last := map[string]any{}, ""
	for first := true; !p.take("}"); first = false {
		if !first && !p.take(",") || p.peek() != '"' {
			return nil, errJSON
		}
		key, err := p.text()
		if err != nil || !first && key <= last || !p.take(":") {
			return nil, errJSON
		}
		for i := 0; i < len(key); i++ {
			if key[i] > 126 {
				return nil, errJSON
			}
		}
		p.path[len(p.path)-1] = key
		if object[key], err = p.value(); err != nil {
			return nil, err
		}
		last = key
	}
	return object, nil
}

func (p *parser) list() (any, error) {
	if err := p.enter(""); err != nil {
		return nil, err
	}
	defer p.leave()
	p.take("[")
	list := []any{}
	for first := true; !p.take("]"); first = false {
		if !first && !p.take(",") {
			return nil, errJSON
		}
		item, err := p.value()
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, nil
}

func (p *parser) number() (any, error) {
	start, most := p.at, 9
	if p.public {
		most = 16
		if p.take("-") && p.peek() == '0' {
			return nil, errJSON
		}
	}
	digits := p.at
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.at++
	}
	if n := p.at - digits; n == 0 || n > most || n > 1 && p.data[digits] == '0' {
		return nil, errJSON
	}
	return strconv.Atoi(string(p.data[start:p.at]))
}

func (p *parser) text() (string, error) {
	p.take(`"`)
	var out []byte
	for !p.take(`"`) {
		c, size := utf8.DecodeRune(p.data[p.at:])
		switch {
		case size == 0 || c == utf8.RuneError && size == 1:
			return "", errJSON
		case c == '\\':
			char, ok := p.escape()
			if !ok {
				return "", errJSON
			}
			out = append(out, char)
			continue
		case c < 0x20 || !p.public && !allowed(c):
			return "", errJSON
		}
		out = append(out, p.data[p.at:p.at+size]...)
		p.at += size
	}
	return string(out), nil
}

// escape reads one of the escapes of RFC 8785, each only where no shorter spelling exists.
func (p *parser) escape() (byte, bool) {
	for escape, char := range map[string]byte{`\"`: '"', `\\`: '\\'} {
		if p.take(escape) {
			return char, true
		}
	}
	if !p.public {
		return 0, false
	}
	short := map[string]byte{`\b`: 8, `\t`: 9, `\n`: 10, `\f`: 12, `\r`: 13}
	for escape, char := range short {
		if p.take(escape) {
			return char, true
		}
	}
	for char := byte(0); char < 0x20; char++ {
		if (char < 8 || char > 13 || char == 11) && p.take(`\u00`+string("0123456789abcdef"[char>>4])+string("0123456789abcdef"[char&15])) {
			return char, true
		}
	}
	return 0, false
}

// allowed says whether a statement's text may hold the character.
func allowed(c rune) bool {
	switch c {
	case 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026:
		return true
	}
	return c >= 0x20 && c <= 0x7E || c >= 0xA1 && c <= 0x17F && c != 0xAD
}

// decode64 reads base64 with padding, zero trailing bits and nothing else.
func decode64(text string) ([]byte, bool) {
	data, err := base64.StdEncoding.DecodeString(text)
	return data, err == nil && base64.StdEncoding.EncodeToString(data) == text
}
