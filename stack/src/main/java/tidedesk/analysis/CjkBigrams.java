package tidedesk.analysis;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.elasticsearch.common.settings.Settings;

final class CjkBigrams {
    private static final Map<String, Integer> SCRIPTS = Map.of(
        "han", CJKBigramFilter.HAN,
        "hiragana", CJKBigramFilter.HIRAGANA,
        "katakana", CJKBigramFilter.KATAKANA,
        "hangul", CJKBigramFilter.HANGUL
    );

    private CjkBigrams() {}

    static UnaryOperator<TokenStream> from(Settings settings) {
        List<String> ignored = settings.getAsList("ignored_scripts");
        int flags = 0;
        for (Map.Entry<String, Integer> script : SCRIPTS.entrySet()) {
            flags |= ignored.contains(script.getKey()) ? 0 : script.getValue();
        }
        int scripts = flags;
        boolean unigrams = settings.getAsBoolean("output_unigrams", false);
        return input -> new CJKBigramFilter(input, scripts, unigrams);
    }
}
