package main

import (
	"regexp"
	"strings"
	"time"
)

var (
	idRule     = match(`[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?`)
	originRule = match(`[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9._~-]+)*`)
	host       = match(`[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?`)
	relying    = func(v any) bool { s, _ := v.(string); return s == "localhost" || host(v) && strings.Contains(s, ".") }
	webOrigin  = match(`(https://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|http://localhost)(:[0-9]{1,5})?`)
	code       = match(`[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?`)
	tpsRule    = func(v any) bool { return match(`[0-9]{3}`)(v) && v != "000" }
	codeOrTPS  = func(v any) bool { return code(v) || tpsRule(v) }
	zone       = match(`[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+0[789]:00`)
	natural    = between(0, 999999999)
	positive   = between(1, 999999999)
	formRule   = oneOf("c_hasil d_hasil_kelurahan d_hasil_kecamatan d_hasil_kabko d_hasil_prov summary")
	findings   = oneOf("D1 K1 L1 L2 L3 L4 P0 P1 R1 R10 R11 R12 R13 R14 R15 R16 R17 R2 R3 R4 R5 R6 R7 R8 R9 S1 W1 W2 X1 X2 X3 X4 X5 X6 X7")
	figureName = match(`((registered|voted_listed|voted_moved|voted_unlisted|voted|voted_disabled)(_m|_f)?|ballots_(received|used|returned|unused)|pair_[1-9][0-9]?|valid|invalid|total)`)

	reservedElections = strings.Fields("aset bukti buku-besar cara cari en gambar istilah lampiran log periksa rehearsal replay state tentang v1")
	reservedContests  = strings.Fields("data hari-ini pejabat")
	fileName          = regexp.MustCompile(`[^0-9]\.|\.[^0-9]`)
)

func origin(v any) bool { s, _ := v.(string); return originRule(v) && len(s) <= 200 }

// whenRule is a time, or a date alone.
func whenRule(v any) bool { return timeRule(v) || dateRule(v) }

func timeRule(v any) bool {
	if !zone(v) {
		return false
	}
	moment, err := time.Parse("2006-01-02T15:04:05Z07:00", v.(string))
	return err == nil && moment.Year() > 0
}

// unix is the time of a statement in Unix seconds.
func unix(o object) int64 {
	moment, _ := time.Parse(time.RFC3339, text(o, "at"))
	return moment.Unix()
}

// hour is the earliest time at which an entry came, in the zone of what a twin is about, or nil.
func (l *ledger) hour(i int, twin object) any {
	if l.entries[i].clock == 0 {
		return nil
	}
	east := map[string]int{"Asia/Makassar": 8, "Asia/Jayapura": 9}[text(child(twin, "election"), "timezone")]
	return time.Unix(l.entries[i].hour, 0).In(time.FixedZone("", max(east, 7)*3600)).Format(time.RFC3339)
}

func dateRule(v any) bool {
	s, _ := v.(string)
	day, err := time.Parse("2006-01-02", s)
	return err == nil && day.Year() > 0
}
func figures(v any) bool {
	o, ok := v.(object)
	for name, value := range o {
		if !figureName(name) || !natural(value) {
			return false
		}
	}
	return ok && len(o) > 0
}

var keyFields = fields{"alg": oneOf("ed25519 webauthn-es256"), "key": match(`.*`)}

func keyFits(o object) bool {
	public, ok := blob(o["key"])
	return ok && goodKey(text(o, "alg"), public)
}
func keyOf(o object) string {
	public, _ := blob(o["key"])
	return keyID(text(o, "alg"), public)
}

// keySet is k of a list of keys, each once.
func keySet(more fields) rule {
	shape := with(fields{"k": between(1, 32), "keys": listOf(32, func(v any) bool { return keyFields.fit(v) && keyFits(v.(object)) })}, more)
	return func(v any) bool {
		if !shape.fit(v) {
			return false
		}
		o := v.(object)
		return num(o, "k") <= len(list(o, "keys")) && unique(objects(o, "keys"), keyOf)
	}
}

// anyOf is a shape of which one field at least is there.
func anyOf(shape fields) rule {
	return func(v any) bool { o, _ := v.(object); return shape.fit(v) && len(o) > 0 }
}

// because says on what figures of the level below are corrected, and who put initials there.
var because = fields{"basis": oneOf("copies event plano recount"), "objection?": hexRule(64),
	"initials?": func(v any) bool {
		o, _ := v.(object)
		shape, last := fields{"ketua?": isTrue, "supervisor?": isTrue, "pairs?": listOf(99, between(1, 99))}, 0
		if !shape.fit(v) || len(o) == 0 {
			return false
		}
		for _, pair := range list(o, "pairs") {
			if pair.(int) <= last {
				return false
			}
			last = pair.(int)
		}
		return true
	}}

// isCorrection says whether a value is the list of a column, a figure, what was, what is, and a place in because.
func isCorrection(v any) bool {
	l, ok := v.([]any)
	return ok && len(l) == 5 && codeOrTPS(l[0]) && natural(l[2]) && natural(l[3]) && between(0, 49)(l[4])
}

var explanation = fields{"rule": findings, "text": words(200), "child?": codeOrTPS, "part?": words(30)}

// parts are those of the rules that have any: docs/rules.md.
var parts = map[string]string{"R1": "registered voted_listed voted_moved voted_unlisted voted voted_disabled", "R2": "m f all", "R3": "m f all",
	"R4": "ballots", "R5": "voters", "R6": "pairs", "R7": "votes", "R8": "ballots voters", "R9": "disabled returned unused", "R11": "registered",
	"R12": "reserve", "R13": "turnout votes", "R17": "m f", "X2": "columns below", "X3": "R1 R2 R3 R4 R5 R6 R7 R8 R9"}

func explains(v any) bool {
	o, _ := v.(object)
	return explanation.fit(v) && (o["part"] == nil || has(strings.Fields(parts[text(o, "rule")]), text(o, "part")))
}

var place = fields{"election": idRule, "contest": idRule, "form": formRule, "region": code, "tps?": tpsRule}

func personRule(v any) bool { return idRule(v) && words(64)(v) }

var thresholds = fields{}

func init() {
	for _, name := range strings.Fields("c_hasil d_hasil_kelurahan d_hasil_kecamatan d_hasil_kabko d_hasil_prov determination roster grant answer recommendation response") {
		thresholds[name+"?"] = between(1, 100)
	}
}

// kinds are the fields of each kind; every one also has kind, log and at.
var kinds = map[string]fields{
	"log": {"mode": oneOf("live rehearsal replay"), "log_key": plainText(300), "receipt_key": plainText(300),
		"operators": keySet(nil), "rp_id": relying, "policy": listOf(100, plainText(200)), "uploaders?": listOf(20, webOrigin),
		"predecessor?": fields{"origin": origin, "size": natural, "root": func(v any) bool { b, ok := blob(v); return ok && len(b) == 32 }}.fit},
	"publication": {"release": hexRule(64), "verifier?": hexRule(64), "fixed?": isTrue},
	"uploaders":   {"origins": listOf(20, webOrigin)},
	"app":         {"files": hexRule(64)},
	"withhold": {"digest": hexRule(64), "state": oneOf("served withheld"), "reason?": oneOf("court other personal-data threat"), "basis": words(200),
		"revision": positive, "previous?": hexRule(64)},
	"clock": {},
	"close": {},
	"election": {"election": idRule, "name": fields{"id": words(100), "en": words(100)}.fit, "date": dateRule,
		"timezone": oneOf("Asia/Jakarta Asia/Jayapura Asia/Makassar"), "revision": positive, "source?": words(200), "holidays?": listOf(60, dateRule),
		"policy?": func(v any) bool { return thresholds.fit(v) && len(v.(object)) > 0 }, "previous?": hexRule(64),
		"contests": listOf(600, fields{"id": idRule, "office": oneOf("governor mayor regent"), "date?": dateRule, "follows?": fields{"contest": idRule, "why": oneOf("repeat-vote rerun second-round"), "election?": idRule}.fit, "region": code, "win": oneOf("majority plurality"),
			"pairs": listOf(99, fields{"number": between(1, 99), "names?": listOf(2, words(100)), "empty_column?": isTrue,
				"notes?": listOf(10, fields{"code": oneOf("died disqualified replaced restored withdrawn"), "date": dateRule, "source": words(200), "who?": between(1, 2)}.fit)}.fit),
			"population?":   fields{"value": positive, "source": words(200)}.fit,
			"margin?":       fields{"per_mille": between(0, 1000), "source": words(200)}.fit,
			"source_forms?": listOf(6, formRule)}.fit),
		"roots": fields{"kpu": keySet(nil), "bawaslu?": keySet(nil), "pairs?": listOf(99, keySet(fields{"number": between(1, 99)}))}.fit},
	"roster": {"election": idRule, "region": func(v any) bool { return v == "id" || code(v) }, "revision": positive, "previous?": hexRule(64),
		"children?": listOf(999, fields{"code": code, "name": words(100), "level": oneOf("kabko kecamatan kelurahan provinsi")}.fit),
		"tps?":      listOf(999, fields{"number": tpsRule, "registered?": natural}.fit)},
	"grant": {"election": idRule, "body": oneOf("bawaslu_kabko bawaslu_prov kpps kpu_kabko kpu_prov panwascam pemantau pkd ppk pps ptps saksi"), "region": code, "tps?": tpsRule, "pair?": between(1, 99), "organisation?": personRule, "acting?": oneOf("kpu kpu_kabko kpu_prov ppk"),
		"persons": listOf(200, with(keyFields, fields{"person": personRule, "position": oneOf("anggota ketua pemantau pengawas saksi")}).fit)},
	"revoke": {"election": idRule, "keyid": hexRule(32), "reason": oneOf("ended lost misused replaced stolen"), "suspect_from?": natural},
	"form": with(place, fields{"revision": positive, "figures": figures, "previous?": hexRule(64), "count?": oneOf("continued court first postponed recount repeat"),
		"attended?":     anyOf(fields{"listed?": natural, "moved?": natural, "unlisted?": natural}),
		"reason?":       fields{"code": oneOf("counting court reading source supervisor-advice typing witness-objection"), "text?": words(200)}.fit,
		"explanations?": listOf(1000, explains),
		"scans?":        listOf(999, fields{"page": between(1, 999), "sha256": hexRule(64), "bytes": positive, "type": oneOf("application/pdf image/jpeg image/png image/webp")}.fit),
		"witnesses?":    listOf(99, fields{"pair": between(1, 99), "present": boolean, "signed": boolean, "reason?": oneOf("figures left procedure unstated")}.fit),
		"because?":      listOf(50, because.fit),
		"corrections?":  listOf(200, isCorrection),
		"children?":     listOf(300, codeOrTPS), "rows?": func(v any) bool { _, ok := v.(object); return ok }, "sheets?": listOf(300, hexRule(64)),
		"stations_in?": natural, "stations_expected?": natural, "as_of_text?": words(200)}),
	"determination": {"election": idRule, "contest": idRule, "region": code, "revision": positive, "previous?": hexRule(64), "number": words(100),
		"basis": oneOf("correction first recount repeat-vote retabulation ruling"), "certificate?": hexRule(64), "decided_at?": whenRule, "announced_at": whenRule},
	"elected": {"election": idRule, "contest": idRule, "region": code, "revision": positive, "previous?": hexRule(64), "pair?": between(1, 99), "none?": isTrue, "number": words(100), "announced_at": whenRule},
	"ruling": {"election": idRule, "contest": idRule, "region": code, "revision": positive, "previous?": hexRule(64), "court": oneOf("mk"), "number": words(100),
		"state": oneOf("dismissed granted granted-part inadmissible lapsed mistaken no-jurisdiction registered withdrawn"), "date": dateRule, "digest?": hexRule(64), "against?": words(100),
		"annuls?": listOf(20, fields{"decision": words(100), "places?": listOf(500, aPlace)}.fit),
		"orders?": listOf(10, fields{"what": oneOf("correct new-pairs recount repeat-vote retabulate"), "by": oneOf("kpu kpu_kabko kpu_prov"), "places?": listOf(500, aPlace),
			"except?": listOf(500, aPlace), "days?": between(1, 365)}.fit)},
	"recommendation": {"election": idRule, "contest": idRule, "body": oneOf("bawaslu_kabko bawaslu_prov panwascam pkd ptps"), "region": code, "tps?": tpsRule,
		"number": words(40), "to": fields{"body": oneOf("kpps kpu_kabko kpu_prov ppk"), "region": code, "tps?": tpsRule}.fit,
		"type":   oneOf("advice continued-vote correct postponed-vote recount repeat-vote"),
		"ground": oneOf("box-opened closed-count disaster disturbance document double-vote figures inconsistent-count marked-ballots moved-count no-material other procedure spoiled-ballots unclear-count unlisted-voter unseen-count voters-differ"),
		"places": listOf(300, fields{"region": code, "tps?": tpsRule}.fit), "due?": dateRule, "revision": positive, "previous?": hexRule(64)},
	"response": {"election": idRule, "contest": idRule, "body": oneOf("kpps kpu_kabko kpu_prov ppk"), "region": code, "tps?": tpsRule, "to": hexRule(64),
		"outcome": oneOf("done not-done scheduled"), "date?": dateRule, "reason?": oneOf("no-ground other other-view too-late"), "paper?": hexRule(64),
		"revision": positive, "previous?": hexRule(64)},
	"copy": {"election": idRule, "contest": idRule, "region": code, "tps": tpsRule, "body": oneOf("pemantau ptps saksi"), "count": oneOf("continued court first postponed recount repeat"),
		"figures": figures, "pair?": between(1, 99), "organisation?": personRule, "source?": oneOf("board photo")},
	"readiness": {"election": idRule, "region": code, "tps": tpsRule, "step": oneOf("arrived returned"),
		"ballots?": listOf(20, fields{"contest": idRule, "sheets": between(0, 99999)}.fit),
		"items?":   listOf(20, fields{"item": oneOf("booths boxes braille forms ink lists markers officers seals station"), "number": between(0, 99999)}.fit),
		"lacks?": listOf(20, fields{"item": oneOf("ballots booths boxes braille forms ink lists markers officers seals station"), "lack": oneOf("damaged late none short swapped wet"),
			"contest?": idRule, "number?": between(1, 99999)}.fit),
		"boxes?": between(1, 20), "seals_whole?": between(0, 99999), "seals_broken?": between(0, 99999)},
	"pictures": with(place, fields{"pages": listOf(40, fields{"document": oneOf("form incidents"), "page": between(1, 99), "sha256": hexRule(64),
		"bytes": between(1, 400000), "width": between(1, 2400), "height": between(1, 2400)}.fit)}),
	"objection": with(place, fields{"body": oneOf("bawaslu_kabko bawaslu_prov panwascam pemantau pkd ptps saksi"), "number": between(1, 999), "code": oneOf("document figures no-copy procedure signature"),
		"pair?": between(1, 99), "organisation?": personRule, "claims?": figures, "text?": hexRule(64)}),
	"event": with(place, fields{"body": oneOf("bawaslu_kabko bawaslu_prov kpps kpu_kabko kpu_prov panwascam pkd ppk ptps"), "number": between(1, 999), "time?": whenRule, "text?": hexRule(64),
		"code": oneOf("ballots-short ballots-swapped box-opened called closed disaster disturbance double-vote figures late list-error officer-marked opened other resumed suspended unlisted-voter")}),
	"answer": with(place, fields{"explains?": listOf(1000, explains), "accept?": hexRule(64), "to?": listOf(50, hexRule(64)), "outcome?": oneOf("accepted carried rejected withdrawn")}),
}

var common = fields{"kind": plainText(20), "log": origin, "at": timeRule}

// openStatement reads the payload of an envelope, or says that it is no statement of this format.
func openStatement(payload []byte) (object, bool) {
	value, err := parseStatement(payload)
	o, ok := value.(object)
	shape, known := kinds[text(o, "kind")]
	if err != nil || !ok || !known || !with(common, shape).fit(o) {
		return nil, false
	}
	more, needed := beyond[text(o, "kind")]
	return o, !needed || more(o)
}
