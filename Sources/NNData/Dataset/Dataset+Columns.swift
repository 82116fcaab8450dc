package import NNCore

/// Columns of a table and tokenizers of texts, which are fitted to training rows.
extension Dataset {
  /// The same examples of a table or of texts, with the statistics and categories of columns, or the
  /// tokenizer, fitted to some of them alone; unchanged for other data, and where inputs are numbers
  /// as they are.
  ///
  /// Every division into training and validation data starts here, so that nothing of the validation
  /// data is known in training.
  ///
  /// - Parameter indices: The examples for training.
  /// - Throws: `NNError` for a column that cannot be encoded by these examples alone, for texts
  ///   without a word that appears often enough in them, and for a file that cannot be read.
  package func fittingColumns(to indices: [Int]) throws(NNError) -> Dataset {
    guard texts != nil || table != nil else { return self }
    var fitted = self
    // Notes about the file itself stay.
    fitted.notes = notes.filter { $0.subject == name }
    if let texts { try fitted.fitTokenizer(of: texts, to: indices) }
    if let table {
      let encodings = try table.fit(rows: indices.map(sourceRow))
      try fitted.setColumns(table.inputs(encodings), as: encodings)
    }
    return fitted
  }

  /// Replaces the inputs that are columns of a table.
  private mutating func setColumns(
    _ inputs: ColumnInputs, as encodings: [ColumnEncoding]
  ) throws(NNError) {
    for (name, part) in inputs.named(encoding.readsTexts ? PortName.columns : PortName.input) {
      source[name] = part
    }
    notes += inputs.notes
    describe(encodings)
    if inputUnit != nil, let numbers = inputs.numbers { inputUnit = try unitOfFinite(numbers) }
  }

  /// Records how the columns of a table became inputs.
  ///
  /// - Parameter isTraining: Whether encodings are fitted to these data, again without the validation
  ///   rows.
  mutating func describe(_ columns: FittedColumns, isTraining: Bool) {
    describe(columns.encodings)
    table = isTraining ? columns.raw : nil
    notes += columns.inputs.notes
  }

  private mutating func describe(_ encodings: [ColumnEncoding]) {
    columns = encodings
    guard !encoding.readsTexts else { return }
    let names = encodings.flatMap(\.inputNames)
    featureNames = names.isEmpty ? [source.names[0]] : names
    if let count = categoryCounts[source.names[0]] {
      vocabulary = VocabularySizes(input: count, output: vocabulary?.output)
    }
  }

  /// The examples at some indices for training and at others for validation; whatever is fitted to
  /// the values of a table's columns is fitted to the former.
  ///
  /// - Parameters:
  ///   - train: The indices for training.
  ///   - validation: The indices for validation.
  /// - Throws: `NNError` for a column that cannot be encoded by the training rows alone.
  package func parts(
    train: [Int], validation: [Int]
  ) throws(NNError) -> (train: Dataset, validation: Dataset) {
    let fitted = try fittingColumns(to: train)
    return (fitted.selecting(train), fitted.selecting(validation))
  }
}
