package main

import (
	"bytes"
	"fmt"
)

func picturesFit(o object) bool {
	last, files := "", map[string]bool{}
	for _, one := range objects(o, "pages") {
		at := fmt.Sprintf("%s %02d", text(one, "document"), num(one, "page"))
		if at <= last || files[text(one, "sha256")] {
			return false
		}
		last, files[text(one, "sha256")] = at, true
	}
	return slotFits(o) && o["form"] != "summary"
}

// picture puts the pictures of a slot in force, in place of those before.
func (l *ledger) picture(st *statement, el *election) {
	st.ends, el.pictures[slotName(st.o)] = el.pictures[slotName(st.o)], st
	for _, one := range objects(st.o, "pages") {
		if l.files[text(one, "sha256")] == nil {
			l.files[text(one, "sha256")] = st
		}
	}
}

// namedFirst is what named words or a picture first: no later statement changes it.
func (l *ledger) namedFirst(digest string) *statement {
	words, file := l.words[digest], l.files[digest]
	if words == nil || file != nil && file.effect < words.effect {
		return file
	}
	return words
}

// touchPictures touches what shows the pictures of a slot: the page of its place, the kelurahan of a TPS.
func (l *ledger) touchPictures(el *election, o object, n int) {
	contest := el.contest(text(o, "contest"))
	l.touched.own[el.address(contest, text(o, "region"), text(o, "tps"))] = n
	l.touched.own[el.address(contest, text(o, "region"), "")] = n
}

// sharedBy is the entry by which another slot named a picture first, or nil.
func (l *ledger) sharedBy(o, page object) any {
	if first := l.files[text(page, "sha256")]; first.o["election"] != o["election"] || slotName(first.o) != slotName(o) {
		return first.effect
	}
	return nil
}

// picturesTold checks what the page of a place says of the pictures of its form.
func (l *ledger) picturesTold(el *election, o, twin object, fail func(string)) {
	st := el.pictures[slotName(o)]
	if (st == nil) != (twin["pictures"] == nil) {
		fail("pictures")
	}
	if st == nil || twin["pictures"] == nil {
		return
	}
	told := child(twin, "pictures")
	agree("pictures.index", told["index"], st.effect, fail)
	if fmt.Sprint(texts(list(told, "marks"))) != fmt.Sprint(st.marks()) {
		fail("pictures.marks")
	}
	var pages []any
	for _, one := range objects(st.o, "pages") {
		said := object{"withheld": nil, "shared": l.sharedBy(st.o, one)}
		for name, value := range one {
			said[name] = value
		}
		if why := l.withheld[text(one, "sha256")]; said["shared"] == nil && why != nil && why.o["state"] == "withheld" {
			said["withheld"] = object{"index": why.effect, "reason": why.o["reason"], "basis": why.o["basis"]}
		}
		pages = append(pages, said)
	}
	agree("pictures.pages", told["pages"], pages, fail)
}

// picturedTold checks how many TPS of a kelurahan have pictures, lack them, or share them.
func (l *ledger) picturedTold(el *election, contest, region string, twin object, fail func(string)) {
	stations, without, shared := 0, 0, 0
	for tps := range el.tps[region] {
		o := object{"election": el.id, "contest": contest, "region": region, "tps": tps, "form": "c_hasil"}
		st, s := el.pictures[slotName(o)], el.slots[slotName(o)]
		if st != nil {
			stations++
			for _, one := range objects(st.o, "pages") {
				if l.sharedBy(o, one) != nil {
					shared++
					break
				}
			}
		} else if s != nil && s.head != nil {
			without++
		}
	}
	real := any(nil)
	if stations > 0 && levelOf(region) == "kelurahan" {
		real = object{"stations": stations, "without": without, "shared": shared}
	}
	agree("pictured", twin["pictured"], real, fail)
}

// readPicture are the sides of a picture, or the code by which it is refused: docs/formats.md.
func readPicture(b []byte) (width, height int, code string) {
	switch {
	case len(b) > 400000:
		return 0, 0, "picture-size"
	case !bytes.HasPrefix(b, []byte{0xff, 0xd8}):
		return 0, 0, "picture-start"
	}
	parts, scans := 0, 0
	for at, next := 2, 0; ; at = next {
		if at+2 > len(b) {
			return 0, 0, "picture-cut"
		}
		marker := int(b[at+1])
		isMetadata := marker == 0xfe || marker >= 0xe0 && marker <= 0xef
		switch {
		case b[at] != 0xff || !isMetadata && !bytes.Contains([]byte{0xc0, 0xc2, 0xc4, 0xd9, 0xda, 0xdb, 0xdd}, b[at+1:at+2]):
			return 0, 0, "picture-segment"
		case marker == 0xd9 && at+2 < len(b):
			return 0, 0, "picture-rest"
		case marker == 0xd9 && (parts == 0 || scans == 0):
			return 0, 0, "picture-frame"
		case marker == 0xd9:
			return width, height, ""
		case at+4 > len(b):
			return 0, 0, "picture-cut"
		}
		size := int(b[at+2])<<8 | int(b[at+3])
		if size < 2 {
			return 0, 0, "picture-segment"
		}
		if next = at + 2 + size; next > len(b) {
			return 0, 0, "picture-cut"
		}
		body := b[at+4 : next]
		switch {
		case isMetadata:
			if marker != 0xe0 || at != 2 || len(body) != 14 || !bytes.HasPrefix(body, []byte("JFIF\x00\x01")) || body[12] != 0 || body[13] != 0 {
				return 0, 0, "picture-metadata"
			}
		case marker == 0xc0 || marker == 0xc2:
			if parts > 0 || len(body) < 6 || body[0] != 8 || body[5] != 1 && body[5] != 3 || len(body) != 6+3*int(body[5]) {
				return 0, 0, "picture-frame"
			}
			height, width, parts = int(body[1])<<8|int(body[2]), int(body[3])<<8|int(body[4]), int(body[5])
			if width == 0 || width > 2400 || height == 0 || height > 2400 {
				return 0, 0, "picture-sides"
			}
		case marker == 0xda:
			if parts == 0 {
				return 0, 0, "picture-frame"
			}
			if len(body) == 0 || body[0] == 0 || int(body[0]) > parts || len(body) != 4+2*int(body[0]) {
				return 0, 0, "picture-segment"
			}
			if scans++; scans > 64 {
				return 0, 0, "picture-frame"
			}
			for ; ; next++ {
				if next+1 >= len(b) {
					return 0, 0, "picture-cut"
				}
				if b[next] == 0xff && b[next+1] != 0 && (b[next+1] < 0xd0 || b[next+1] > 0xd7) {
					break
				}
				if b[next] == 0xff {
					next++
				}
			}
		case !isTable(marker, body):
			return 0, 0, "picture-segment"
		}
	}
}

// isTable says whether tables fill their segment.
func isTable(marker int, body []byte) bool {
	if marker == 0xdd {
		return len(body) == 2
	}
	at := 0
	for at < len(body) {
		switch {
		case marker == 0xdb && body[at] < 4:
			at += 65
		case marker == 0xc4 && body[at]&0xec == 0 && at+17 <= len(body):
			for _, n := range body[at+1 : at+17] {
				at += int(n)
			}
			at += 17
		default:
			return false
		}
	}
	return at == len(body) && at > 0
}
