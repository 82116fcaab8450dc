package import NNCore

extension ConfigNode {
  /// Reads a YAML document; JSON is YAML.
  ///
  /// Anchors and aliases are supported. Merge keys (`<<`) and tags are not: they are errors or
  /// ignored.
  ///
  /// - Parameters:
  ///   - text: The document.
  ///   - source: The file's name for positions.
  /// - Throws: `NNError` at `source:line:column` if the text is not YAML, a key occurs twice or is
  ///   not a plain word, or if the text exceeds 1 MiB, 100,000 nodes after expanding aliases, or
  ///   100 levels.
  package init(yaml text: String, source: String) throws(NNError) {
    self =
      try YAMLComposer(text, source: source).document()
      ?? ConfigNode(.null, at: .init(source: source, lineAndColumn: .init(line: 1, column: 1)))
  }
}
