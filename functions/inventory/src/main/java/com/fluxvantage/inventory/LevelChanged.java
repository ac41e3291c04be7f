package com.fluxvantage.inventory;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.PublicName;
import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.BucketVersion;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.stock.LocationId;

/**
 * A bucket holds more or less than before because somebody moved or corrected goods. Its stream is
 * the bucket.
 *
 * @param change signed: negative when goods left
 * @param free what of the bucket is promised to nobody now
 */
@PublicName("inventory.level_changed")
public record LevelChanged(
        BucketId bucketId,
        long version,
        ItemId itemId,
        LocationId locationId,
        long change,
        Quantity free)
        implements DomainEvent {
    static LevelChanged of(BucketVersion now, ItemId item, LocationId location, long change) {
        return new LevelChanged(now.bucket(), now.version(), item, location, change, now.free());
    }

    @Override
    public Identifier stream() {
        return bucketId;
    }
}
