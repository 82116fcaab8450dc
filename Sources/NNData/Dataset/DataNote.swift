/// Something that was done to data on reading: values that were filled in, unknown or clipped, files
/// that were left out.
///
/// Nothing is changed in silence: notes are printed, reported and written to `data.json`.
public struct DataNote: Sendable, Hashable {
  /// The column, file or folder.
  public var subject: String
  /// What was done, a phrase without its count: `missing values filled with the median`.
  public var what: String
  /// How many values, rows or files it concerns.
  public var count: Int

  /// Creates a note.
  public init(subject: String, what: String, count: Int) {
    self.subject = subject
    self.what = what
    self.count = count
  }
  /// The note as one line: `column "age": missing values filled with the median: 12`.
  package var line: String { "\(subject): \(what): \(count)" }
}
