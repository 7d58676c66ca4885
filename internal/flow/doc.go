// Package flow is the only package that knows the order of the stages: capture,
// identify, thread, understand, journey.
//
// In: crm.Item, what a channel received. Out: one Result an item, after commit:
// its customer, conversation, Reading and journey. It writes no table itself;
// each stage writes its own inside flow's transaction.
//
// Promises: an item that was answered is on disk; a repeat of (source, external
// id) answers with the first result; items of one batch are one transaction;
// an item that the store or a stage refuses fails alone and goes to quarantine
// with its bytes; a full queue is an error at once, never a lost item. Items of
// one Submit keep their order. It never waits for a network.
package flow
