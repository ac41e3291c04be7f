package com.fluxvantage.local.own;

/** What the company sells, under its own name for it. */
public record OwnItem(String sku, String description) {}
