package com.fluxvantage.migrations;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is tried on a database, each with the twin that has to succeed: a door that lets nobody in
 * is no fence. An attack says what it found wrong; a sound database gives it nothing to say.
 */
interface Attack {
    /** All that there are, by the door at which they are made. */
    static List<Attack> all() {
        return Stream.<Attack[]>of(
                        AttackOnRows.values(),
                        AttackOnProofs.values(),
                        AttackOnTenancy.values(),
                        AttackOnJobs.values())
                .flatMap(Stream::of)
                .toList();
    }

    String name();

    void on(Scene scene);

    /** What is wrong, one sentence each. */
    default List<String> breaches(Suspect suspect, House mine, House theirs) {
        var scene = new Scene(suspect, mine, theirs, new ArrayList<>());
        on(scene);
        return scene.breaches();
    }

    default String title() {
        return name().replace('_', ' ');
    }
}
