package tidedesk.analysis;

import java.io.IOException;
import java.io.StringReader;
import java.text.ParseException;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.synonym.SolrSynonymParser;
import org.apache.lucene.analysis.synonym.SynonymMap;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.Analysis;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.CustomAnalyzer;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;

/** `synonym` and `synonym_graph` in the Solr format, with the settings `synonyms`, `synonyms_path` and `expand`. */
final class SynonymFilters extends AbstractTokenFilterFactory {
    private final String rules;
    private final boolean expand;
    private final BiFunction<TokenStream, SynonymMap, TokenStream> filter;

    SynonymFilters(
        Environment environment,
        String name,
        Settings settings,
        BiFunction<TokenStream, SynonymMap, TokenStream> filter
    ) {
        super(name, settings);
        List<String> lines = Analysis.getWordList(environment, settings, "synonyms");
        if (lines == null) {
            throw new IllegalArgumentException("synonym requires either `synonyms` or `synonyms_path` to be configured");
        }
        this.rules = String.join("\n", lines);
        this.expand = settings.getAsBoolean("expand", true);
        this.filter = filter;
    }

    @Override
    public TokenStream create(TokenStream input) {
        throw new IllegalStateException("The synonyms are read with the tokenizer and filters in front of them");
    }

    @Override
    public TokenFilterFactory getChainAwareTokenFilterFactory(
        TokenizerFactory tokenizer,
        List<CharFilterFactory> charFilters,
        List<TokenFilterFactory> previousFilters,
        Function<String, TokenFilterFactory> allFilters
    ) {
        TokenFilterFactory[] before = previousFilters.stream()
            .map(TokenFilterFactory::getSynonymFilter)
            .toArray(TokenFilterFactory[]::new);
        SynonymMap synonyms = parse(new CustomAnalyzer(tokenizer, charFilters.toArray(new CharFilterFactory[0]), before));
        return new TokenFilterFactory() {
            @Override
            public String name() {
                return SynonymFilters.this.name();
            }

            @Override
            public TokenStream create(TokenStream input) {
                // a map without any rule has no automaton, and Lucene's filter refuses that
                return synonyms.fst == null ? input : filter.apply(input, synonyms);
            }
        };
    }

    private SynonymMap parse(Analyzer analyzer) {
        try {
            SolrSynonymParser parser = new SolrSynonymParser(true, expand, analyzer);
            parser.parse(new StringReader(rules));
            return parser.build();
        } catch (IOException | ParseException problem) {
            throw new IllegalArgumentException("failed to build synonyms", problem);
        }
    }
}
