package main

import (
	"encoding/base64"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestLedger reads the small logs of ledger.json: what becomes of every entry, of slots and sums.
func TestLedger(t *testing.T) {
	var v struct {
		Cases []struct {
			What     string
			Entries  []string
			Verdicts []struct {
				Status, Now string
				Void        string `json:"void_reason"`
				Marks       []string
			}
			Slots map[string]struct {
				Head      *int
				Contested bool
			}
			Standing map[string]struct {
				State         string
				Rulings, Open []int
			}
			AsOf map[string]int `json:"as_of"`
			Sums map[string]struct {
				Counted, Received int
				Expected, Missing *int
				Fields            map[string][2]int
			}
		}
	}
	load(t, "ledger.json", &v)
	for _, c := range v.Cases {
		l := newLedger()
		for _, entry := range c.Entries {
			data, _ := base64.StdEncoding.DecodeString(entry)
			l.read(data)
		}
		for i, want := range c.Verdicts {
			e := l.entries[i]
			if e.status != want.Status || l.now(e) != want.Now || e.void != want.Void {
				t.Errorf("%s: entry %d: %s, now %s (%s), want %v", c.What, i, e.status, l.now(e), e.void, want)
			}
			if marks := e.marks(); !alike(marks, want.Marks) {
				t.Errorf("%s: entry %d: marks %v, want %v", c.What, i, marks, want.Marks)
			}
		}
		asOf := map[string]int{}
		for _, p := range l.pages() {
			if strings.HasSuffix(p.address, "/belum-masuk/") { // of its kecamatan's
				continue
			}
			p.settle(c.AsOf[p.address])
			asOf[p.address] = p.asOf
		}
		if !reflect.DeepEqual(asOf, c.AsOf) {
			t.Errorf("%s: as_of %v, want %v", c.What, asOf, c.AsOf)
		}
		for _, el := range l.list {
			if el.id != "pemilihan-contoh" {
				continue
			}
			for contest, want := range c.Standing {
				indexes := func(all []*statement) (is []int) {
					for _, st := range all {
						is = append(is, st.effect)
					}
					return is
				}
				state, rulings, open := el.stands(contest)
				if state != want.State || !slices.Equal(indexes(rulings), want.Rulings) || !slices.Equal(indexes(open), want.Open) {
					t.Errorf("%s: it stands %s, want %v", c.What, state, want)
				}
			}
			for name, want := range c.Slots {
				contested, head := false, (*statement)(nil)
				for _, s := range el.slots {
					if s.name == name || s.name == name+"/" {
						contested, head = s.contested(), s.head
					}
				}
				if contested != want.Contested || (head == nil) != (want.Head == nil) || head != nil && head.entries[0] != *want.Head {
					t.Errorf("%s: %s", c.What, name)
				}
			}
			for _, contest := range objects(el.o, "contests")[:1] { // the first alone: others may follow it
				tally := newTally(l, el, contest)
				for region, want := range c.Sums {
					s := tally.sum(region)
					same := s.counted == want.Counted && s.received == want.Received && known(want.Expected) == s.expected &&
						known(want.Missing) == s.missing() && reflect.DeepEqual(s.figures, want.Fields)
					if !same {
						t.Errorf("%s: sum of %s: %+v, want %+v", c.What, region, s, want)
					}
				}
			}
		}
	}
}

func known(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}
