package tidedesk.analysis;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.core.KeywordTokenizer;
import org.apache.lucene.analysis.core.LetterTokenizer;
import org.apache.lucene.analysis.core.WhitespaceTokenizer;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenizer;
import org.apache.lucene.analysis.ngram.NGramTokenizer;
import org.apache.lucene.analysis.path.PathHierarchyTokenizer;
import org.apache.lucene.analysis.pattern.PatternTokenizer;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;

final class Tokenizers {
    private static final int MAX_TOKEN_LENGTH = 255;

    private Tokenizers() {}

    private interface Reading {
        Supplier<Tokenizer> from(Settings settings);
    }

    static Map<String, AnalysisProvider<TokenizerFactory>> all() {
        Map<String, AnalysisProvider<TokenizerFactory>> tokenizers = new TreeMap<>();
        put(tokenizers, "letter", settings -> LetterTokenizer::new);
        put(tokenizers, "keyword", settings -> {
            int bufferSize = settings.getAsInt("buffer_size", KeywordTokenizer.DEFAULT_BUFFER_SIZE);
            return () -> new KeywordTokenizer(bufferSize);
        });
        put(tokenizers, "whitespace", settings -> {
            int maxLength = settings.getAsInt("max_token_length", MAX_TOKEN_LENGTH);
            return () -> new WhitespaceTokenizer(Tokenizer.DEFAULT_TOKEN_ATTRIBUTE_FACTORY, maxLength);
        });
        put(tokenizers, "uax_url_email", settings -> {
            int maxLength = settings.getAsInt("max_token_length", MAX_TOKEN_LENGTH);
            return () -> {
                UAX29URLEmailTokenizer tokenizer = new UAX29URLEmailTokenizer();
                tokenizer.setMaxTokenLength(maxLength);
                return tokenizer;
            };
        });
        put(tokenizers, "path_hierarchy", settings -> {
            char delimiter = settings.get("delimiter", "/").charAt(0);
            char replacement = settings.get("replacement", String.valueOf(delimiter)).charAt(0);
            int skip = settings.getAsInt("skip", PathHierarchyTokenizer.DEFAULT_SKIP);
            return () -> new PathHierarchyTokenizer(delimiter, replacement, skip);
        });
        put(tokenizers, "pattern", settings -> {
            Pattern pattern = Pattern.compile(settings.get("pattern", "\\W+"));
            int group = settings.getAsInt("group", -1);
            return () -> new PatternTokenizer(pattern, group);
        });
        tokenizers.put("ngram", (index, environment, name, settings) -> {
            Grams grams = Grams.of(settings).within(index.getMaxNgramDiff());
            TokenCharacters wanted = TokenCharacters.of(settings);
            return TokenizerFactory.newFactory(name, () -> new NGramTokenizer(grams.min(), grams.max()) {
                @Override
                protected boolean isTokenChar(int character) {
                    return wanted.contains(character);
                }
            });
        });
        tokenizers.put("edge_ngram", (index, environment, name, settings) -> {
            Grams grams = Grams.of(settings);
            TokenCharacters wanted = TokenCharacters.of(settings);
            return TokenizerFactory.newFactory(name, () -> new EdgeNGramTokenizer(grams.min(), grams.max()) {
                @Override
                protected boolean isTokenChar(int character) {
                    return wanted.contains(character);
                }
            });
        });
        return tokenizers;
    }

    private static void put(Map<String, AnalysisProvider<TokenizerFactory>> tokenizers, String type, Reading reading) {
        tokenizers.put(
            type,
            (index, environment, name, settings) -> TokenizerFactory.newFactory(name, reading.from(settings))
        );
    }
}
