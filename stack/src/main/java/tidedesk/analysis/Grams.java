package tidedesk.analysis;

import org.elasticsearch.common.settings.Settings;

record Grams(int min, int max) {
    static Grams of(Settings settings) {
        return new Grams(settings.getAsInt("min_gram", 1), settings.getAsInt("max_gram", 2));
    }

    /** The full server refuses wide ranges, so what is accepted here is accepted there. */
    Grams within(int maxDifference) {
        if (max - min > maxDifference) {
            throw new IllegalArgumentException(
                "max_gram - min_gram is " + (max - min) + " but index.max_ngram_diff allows " + maxDifference
            );
        }
        return this;
    }
}
