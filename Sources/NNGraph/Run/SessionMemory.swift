import NNCore

/// Memory that sessions share of which one runs at a time, such as those for batches of all lengths.
///
/// The results of a run are gone once another session of the same memory has run.
public final class SessionMemory {
  private var arenas: [Storage] = []
  /// The session that ran last.
  private weak var user: Session?

  /// Creates memory without a byte; the first session takes what it needs, later ones share it.
  public init() {}

  /// Memory of at least so many bytes.
  func arena(byteCount: Int) -> Storage {
    if let arena = arenas.first(where: { $0.byteCount >= byteCount }) { return arena }
    let arena = Storage(uninitializedByteCount: byteCount)
    arenas.append(arena)
    return arena
  }

  /// Whether no other session has run since this one did; from now on it is the last.
  func isUntouched(since session: Session) -> Bool {
    defer { user = session }
    return user === session
  }
}
