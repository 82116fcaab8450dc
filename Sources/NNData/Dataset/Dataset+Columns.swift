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
    if let texts { return try fittingTokenizer(of: texts, to: indices) }
    guard let table else { return self }
    let encodings = try table.fit(rows: indices.map(sourceRow))
    let (inputs, notes) = try table.encoded(encodings)
    var fitted = self
    fitted.source.values = inputs
    fitted.columns = encodings
    fitted.featureNames = encodings.flatMap(\.inputNames)
    fitted.inputUnit = try fitted.unitOfFinite(inputs)
    // Notes about the file itself stay.
    fitted.notes = self.notes.filter { $0.subject == name } + notes
    return fitted
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
