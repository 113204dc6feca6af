package main

import (
	"fmt"
	"strings"
)

// beyond is what a statement must fulfil beyond the shape of its fields.
var beyond = map[string]func(object) bool{
	"log": logFits, "election": electionFits, "roster": rosterFits, "grant": grantFits, "form": formFits,
	"objection":      objectionFits,
	"event":          eventFits,
	"answer":         answerFits,
	"uploaders":      originsFit,
	"clock":          func(o object) bool { return strings.HasPrefix(text(o, "at"), "2") },
	"determination":  determinationFits,
	"elected":        func(o object) bool { return revisionFits(o) && (o["pair"] == nil) != (o["none"] == nil) },
	"ruling":         rulingFits,
	"withhold":       func(o object) bool { return revisionFits(o) && (o["state"] == "withheld") == (o["reason"] != nil) },
	"recommendation": adviceFits,
	"response":       responseFits,
	"copy":           copyFits,
	"readiness":      readinessFits,
	"pictures":       picturesFit,
}

func logFits(o object) bool {
	log, receipts := text(o, "log"), text(o, "receipt_key")
	path := "/" + text(o, "mode") + "/log"
	if text(o, "mode") == "live" {
		path = "/log"
	}
	first, err := parseVerifier(text(o, "log_key"))
	second, err2 := parseVerifier(receipts)
	base, ok := strings.TrimSuffix(log, path), strings.HasSuffix(log, path)
	return err == nil && err2 == nil && ok && !strings.Contains(base, "/") &&
		first.kind == 1 && first.name == log && second.kind == 1 && second.name == log+"/receipt" && allFit(o, "uploaders", text(o, "rp_id"))
}

// allFit says whether browsers let passkeys of the relying party sign on the pages of some web origins.
func allFit(o object, name, party string) bool {
	for _, one := range list(o, name) {
		_, rest, _ := strings.Cut(one.(string), "://")
		host, _, _ := strings.Cut(rest, ":")
		if host != party && !strings.HasSuffix(host, "."+party) {
			return false
		}
	}
	return true
}

// originsFit says whether the origins go up.
func originsFit(o object) bool {
	before := ""
	for _, one := range list(o, "origins") {
		if one.(string) <= before {
			return false
		}
		before = one.(string)
	}
	return true
}

func revisionFits(o object) bool { return (num(o, "revision") > 1) == (o["previous"] != nil) }

func free(id string, reserved []string) bool { return !has(reserved, id) && !fileName.MatchString(id) }

func electionFits(o object) bool {
	ok := revisionFits(o) && ascending(texts(list(o, "holidays"))) && free(text(o, "election"), reservedElections) && unique(objects(o, "contests"), by("id"))
	ballot := map[int]bool{}
	for at, c := range objects(o, "contests") {
		ok = ok && followsFits(objects(o, "contests")[:at], c)
		level := "kabko"
		if c["office"] == "governor" {
			level = "provinsi"
		}
		ok = ok && levelOf(text(c, "region")) == level && free(text(c, "id"), reservedContests)
		empty := 0
		for i, pair := range objects(c, "pairs") {
			ballot[i+1] = true
			if pair["empty_column"] != nil {
				empty++
			}
			ok = ok && num(pair, "number") == i+1 && (pair["empty_column"] != nil) != (pair["names"] != nil) && (pair["empty_column"] == nil || pair["notes"] == nil)
			for _, note := range objects(pair, "notes") {
				ok = ok && num(note, "who") <= len(list(pair, "names"))
			}
		}
		last := -1
		for _, form := range list(c, "source_forms") {
			rank := strings.Index(strings.Join(forms, " ")+" ", form.(string)+" ")
			ok = ok && rank > last
			last = rank
		}
		ok = ok && empty <= 1
	}
	seen := map[string]bool{}
	for _, set := range rootsOf(o) {
		for _, key := range objects(set.set, "keys") {
			ok = ok && !seen[keyOf(key)]
			seen[keyOf(key)] = true
		}
	}
	for _, pair := range objects(child(o, "roots"), "pairs") {
		ok = ok && ballot[num(pair, "number")]
	}
	return ok && sorted(objects(child(o, "roots"), "pairs"), by("number"))
}

// ascending asks that each text is greater than the one before it.
func ascending(all []string) bool {
	for n := 1; n < len(all); n++ {
		if all[n] <= all[n-1] {
			return false
		}
	}
	return true
}

// followsFits asks that a contest follows one before it, of its office and region, and has a day; or one of another
// election; and that no other before it follows that.
func followsFits(before []object, c object) bool {
	if c["follows"] == nil {
		return true
	}
	follows := child(c, "follows")
	named, elsewhere := follows["contest"], follows["election"]
	taken := func(one object) bool {
		other := child(one, "follows")
		return other != nil && other["contest"] == named && other["election"] == elsewhere
	}
	if (elsewhere == nil) != (follows["why"] == "repeat-vote") || some(before, taken) {
		return false
	}
	if elsewhere != nil {
		return true
	}
	alike := func(one object) bool {
		return one["id"] == named && one["office"] == c["office"] && one["region"] == c["region"]
	}
	return c["date"] != nil && some(before, alike)
}

// rootsOf are the key sets of an election with the names of their bodies.
type rootSet struct {
	body string
	set  object
}

func rootsOf(o object) []rootSet {
	roots := child(o, "roots")
	sets := []rootSet{{"roots.kpu", child(roots, "kpu")}}
	if roots["bawaslu"] != nil {
		sets = append(sets, rootSet{"roots.bawaslu", child(roots, "bawaslu")})
	}
	for _, pair := range objects(roots, "pairs") {
		sets = append(sets, rootSet{fmt.Sprintf("roots.pairs.%d", num(pair, "number")), pair})
	}
	return sets
}

func rosterFits(o object) bool {
	region := text(o, "region")
	ok := revisionFits(o) && sorted(objects(o, "children"), by("code")) && sorted(objects(o, "tps"), by("number"))
	for _, c := range objects(o, "children") {
		below := text(c, "code")
		up := parentOf(below)
		top := region == "id" && up != "id" && parentOf(up) == "id" && !some(objects(o, "children"), func(x object) bool { return x["code"] == up })
		ok = ok && text(c, "level") == levelOf(below) && (up == region || top)
	}
	return ok && (levelOf(region) == "kelurahan") == (o["tps"] != nil) && (o["tps"] == nil) == (o["children"] != nil)
}

var bodyLevels = map[string]string{"kpps": "kelurahan", "kpu_kabko": "kabko", "kpu_prov": "provinsi", "ppk": "kecamatan", "pps": "kelurahan",
	"bawaslu_prov": "provinsi", "bawaslu_kabko": "kabko", "panwascam": "kecamatan", "pkd": "kelurahan", "ptps": "kelurahan"}

// observers sign no form that counts; an organiser is none of them.
var observers = []string{"saksi", "bawaslu_prov", "bawaslu_kabko", "panwascam", "pkd", "ptps", "pemantau"}

// positions of the bodies that have others than ketua and anggota.
var positions = map[string]string{"saksi": "saksi", "pemantau": "pemantau", "pkd": "pengawas", "ptps": "pengawas"}

// mayAct tells whether a body does the work of another: of an organiser below it.
func mayAct(acting, body string) bool {
	above := map[string]string{"kpu_prov": "kpu", "kpu_kabko": "kpu kpu_prov", "ppk": "kpu kpu_prov kpu_kabko", "kpps": "kpu kpu_prov kpu_kabko ppk"}
	return has(strings.Fields(above[body]), acting)
}

func grantFits(o object) bool {
	body, region := text(o, "body"), text(o, "region")
	level, fixed := bodyLevels[body]
	persons := objects(o, "persons")
	ok := unique(persons, by("person")) && unique(persons, keyOf) && (!fixed || level == levelOf(region)) && (body == "saksi") == (o["pair"] != nil) &&
		(body == "pemantau") == (o["organisation"] != nil) && (o["acting"] == nil || mayAct(text(o, "acting"), body))
	for _, person := range persons {
		position := text(person, "position")
		if only, special := positions[body]; special {
			ok = ok && position == only
		} else {
			ok = ok && (position == "ketua" || position == "anggota")
		}
		ok = ok && keyFits(person)
	}
	if o["tps"] != nil {
		return ok && (body == "kpps" || body == "ptps" || !fixed && levelOf(region) == "kelurahan")
	}
	return ok && body != "kpps" && body != "ptps"
}

var formLevels = map[string]string{"c_hasil": "kelurahan", "d_hasil_kelurahan": "kelurahan", "d_hasil_kecamatan": "kecamatan", "d_hasil_kabko": "kabko", "d_hasil_prov": "provinsi"}

var forms = []string{"c_hasil", "d_hasil_kelurahan", "d_hasil_kecamatan", "d_hasil_kabko", "d_hasil_prov", "summary"}

func slotFits(o object) bool {
	form := text(o, "form")
	return (form == "c_hasil") == (o["tps"] != nil) && (form == "summary" || levelOf(text(o, "region")) == formLevels[form])
}

func explained(o object) string {
	return text(o, "rule") + "/" + text(o, "child") + "/" + text(o, "part")
}

func formFits(o object) bool {
	form := text(o, "form")
	summary, d := form == "summary", strings.HasPrefix(form, "d_")
	has := func(name string) bool { return o[name] != nil }
	ok := slotFits(o) && revisionFits(o) && has("reason") == has("previous") && has("count") != summary &&
		!(summary && (has("scans") || has("witnesses"))) && has("children") == has("rows") && (d || !has("rows")) &&
		(form == "d_hasil_kecamatan" || !has("sheets")) && (form == "c_hasil" || !has("attended")) &&
		unique(objects(o, "explanations"), explained) && sorted(objects(o, "scans"), by("page")) && sorted(objects(o, "witnesses"), by("pair"))
	for _, name := range []string{"stations_in", "stations_expected", "as_of_text"} {
		ok = ok && has(name) == summary
	}
	for _, w := range objects(o, "witnesses") {
		ok = ok && (w["present"] == true || w["signed"] == false) && (w["reason"] == nil || w["present"] == true && w["signed"] == false)
	}
	seen := map[any]bool{}
	for _, sheet := range list(o, "sheets") {
		ok = ok && !seen[sheet]
		seen[sheet] = true
	}
	last := ""
	for _, column := range list(o, "children") {
		name := column.(string)
		ok = ok && name > last
		if form == "d_hasil_kelurahan" {
			ok = ok && tpsRule(name)
		} else {
			ok = ok && parentOf(name) == o["region"]
		}
		last = name
	}
	rows := child(o, "rows")
	for name, row := range rows {
		cells, isList := row.([]any)
		ok = ok && isList && child(o, "figures")[name] != nil && len(cells) == len(list(o, "children"))
		for _, cell := range cells {
			ok = ok && (cell == nil || natural(cell))
		}
	}
	return ok && (!has("rows") || len(rows) == len(child(o, "figures"))) && correctionsFit(o)
}

// correctionsFit says whether each correction is of a cell of the form, once, and each reason that of one.
func correctionsFit(o object) bool {
	if o["because"] == nil && o["corrections"] == nil {
		return true
	}
	ok := o["because"] != nil && o["corrections"] != nil && o["rows"] != nil
	used, seen, place := map[int]bool{}, map[string]bool{}, map[any]int{}
	for n, column := range list(o, "children") {
		place[column] = n
	}
	for _, v := range list(o, "corrections") {
		one := v.([]any)
		name, _ := one[1].(string)
		row, _ := child(o, "rows")[name].([]any)
		n, known := place[one[0]]
		key := fmt.Sprint(one[0], " ", name)
		ok = ok && known && n < len(row) && row[n] == one[3] && one[2] != one[3] && !seen[key]
		seen[key], used[one[4].(int)] = true, true
	}
	for n := range list(o, "because") {
		ok = ok && used[n]
	}
	return ok && len(used) == len(list(o, "because"))
}

// forReplay says whether something in the statement is for a replay only.
func forReplay(o object) bool {
	if o["kind"] == "publication" && o["fixed"] != nil || o["kind"] == "election" && o["source"] != nil {
		return true
	}
	if o["kind"] == "form" && (o["form"] == "summary" || child(o, "reason")["code"] == "source" ||
		o["form"] != "c_hasil" && o["rows"] == nil || o["form"] == "d_hasil_kecamatan" && o["sheets"] == nil) {
		return true
	}
	if o["kind"] == "event" {
		return len(text(o, "time")) == 10
	}
	if o["kind"] == "determination" || o["kind"] == "elected" {
		return len(text(o, "announced_at")) == 10 || len(text(o, "decided_at")) == 10
	}
	for _, c := range objects(o, "contests") {
		if c["source_forms"] != nil {
			return true
		}
	}
	for _, row := range child(o, "rows") {
		if some(row.([]any), func(cell any) bool { return cell == nil }) {
			return true
		}
	}
	return false
}

func levelOf(region string) string {
	return map[int]string{2: "provinsi", 5: "kabko", 8: "kecamatan", 13: "kelurahan"}[len(region)]
}

func parentOf(region string) string {
	if i := strings.LastIndex(region, "."); i >= 0 {
		return region[:i]
	}
	return "id"
}

// within says whether a region is the other one or lies below it.
func within(region, above string) bool {
	return above == "id" || region == above || strings.HasPrefix(region, above+".")
}
