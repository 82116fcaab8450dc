package import NNCore

extension ConfigNode {
  /// Reads a YAML document; JSON is YAML.
  ///
  /// Anchors and aliases work. Merge keys (`<<`) and tags do not: they are errors or ignored.
  ///
  /// - Parameters:
  ///   - text: The document.
  ///   - source: The file's name for positions.
  /// - Throws: `NNError` at `source:line:column` for what is not YAML, a key given twice, a key
  ///   that is not a plain word, more than 1 MiB, aliases that unfold into more than 100,000 nodes,
  ///   and more than 100 levels.
  package init(yaml text: String, source: String) throws(NNError) {
    self =
      try YAMLComposer(text, source: source).document()
      ?? ConfigNode(.null, at: .init(source: source, lineAndColumn: .init(line: 1, column: 1)))
  }
}
