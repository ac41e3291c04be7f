package com.fluxvantage.kernel.events;

import java.util.UUID;

/**
 * The event that a consumer was called for, for one that treats all types alike.
 *
 * @param type its public name
 * @param stream the row whose change it tells
 * @param no its number in the stream
 */
public record Heard(String type, UUID stream, long no) {}
