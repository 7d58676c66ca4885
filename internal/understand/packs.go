package understand

import (
	"slices"
	"sync"

	"github.com/rapport-crm/rapport/internal/understand/models"
)

// Starter packs: intents with examples in eight languages that a firm begins
// with. The embedded model knows those of the first three; the others are in
// use after a training.
const (
	PackService  = "service"
	PackRetail   = "retail"
	PackTelecom  = "telecom"
	PackBanking  = "banking"
	PackSoftware = "software"
)

// AllPacks are the starter packs in the order of lists.
var AllPacks = []string{PackService, PackRetail, PackBanking, PackTelecom, PackSoftware}

var builtInPacks = []string{PackService, PackRetail, PackTelecom}

// packOfGroup is where the intents of a group belong; groups that are not named
// here are of every service.
var packOfGroup = map[string][]string{
	"Orders": {PackRetail}, "Delivery": {PackRetail}, "Returns": {PackRetail}, "Products": {PackRetail},
	"Technical": {PackTelecom}, "Contract": {PackTelecom},
	"Banking": {PackBanking}, "Software": {PackSoftware},
}

// packOfIntent names the exceptions.
var packOfIntent = map[string][]string{
	"contract_cancel": {PackService}, "contract_question": {PackService}, "technical_fault": {PackService}, "app_problem": {PackService},
	"price_question": {PackService}, "product_question": {PackService}, "discount": {PackRetail, PackTelecom}, "refund_request": {PackService}, "refund_status": {PackService},
	"order_status": {PackRetail, PackTelecom}, "order_place": {PackRetail, PackTelecom}, "order_change": {PackRetail, PackTelecom}, "order_cancel": {PackRetail, PackTelecom},
	"device_setup": {PackTelecom, PackSoftware}, "add_service": {PackTelecom, PackSoftware}, "change_plan": {PackTelecom, PackSoftware},
	"remove_service": {PackTelecom, PackSoftware}, "contract_renew": {PackTelecom, PackSoftware}, "outage": {PackTelecom, PackSoftware}, "service_start": {PackTelecom, PackSoftware},
}

// PacksOf says which starter packs an intent of the catalogue is part of.
func PacksOf(i Intent) []string {
	if p, ok := packOfIntent[i.Name]; ok {
		return p
	}
	if p, ok := packOfGroup[i.Group]; ok {
		return p
	}
	return []string{PackService}
}

// KnownPack reports whether there is such a starter pack.
func KnownPack(name string) bool { return slices.Contains(AllPacks, name) }

func catalogue() starterData {
	d := starter()
	d.parseAll(models.Packs, "packs/*.txt")
	return d
}

// Catalogue is the intents of all starter packs. The caller must not change it.
var Catalogue = sync.OnceValue(func() []Intent { return catalogue().intents })

// CatalogueExamples is their examples, parsed at each call.
func CatalogueExamples() []Example { return catalogue().examples }

var builtInTaxonomy = sync.OnceValue(func() *FirmTaxonomy { return NewTaxonomy(nil, nil) })
