public import NNCore

/// A chapter of the booklet: something that is trained in seconds, measured, drawn and explained.
///
/// A lesson is one file in `Lessons`, a row in ``LessonCatalogue`` and a suite of tests that holds
/// every figure it states against a bound or a closed form.
public protocol Lesson: Sendable {
  /// The name on the command line and of its files: `decision-boundary`.
  static var name: String { get }
  /// What it says, as a heading: `Decision boundaries: hidden nodes draw lines`.
  static var title: String { get }
  /// What it shows, in one line for the list.
  static var summary: String { get }
  /// What a run must have that this lesson can draw beside its own, as in "two inputs and one hidden
  /// layer"; nil, as by default, where it draws none.
  static var drawsRunsWith: String? { get }

  /// Creates the lesson.
  init()

  /// Trains, measures, draws and explains.
  ///
  /// - Throws: `NNError` when the options' run is not of the sort that it can draw.
  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError)
}

extension Lesson {
  /// What the title begins with, up to a colon: the field's term for what it is about.
  static var term: String { String(title.prefix { $0 != ":" }) }

  /// It draws none.
  public static var drawsRunsWith: String? { nil }
}
