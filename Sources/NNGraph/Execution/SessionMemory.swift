import NNCore

/// Memory shared by functions of which only one runs at a time, such as those for batches of
/// different lengths.
///
/// The results of a call are lost when another function with the same memory runs.
public final class SessionMemory {
  private var arenas: [Storage] = []
  /// The session that ran last.
  private weak var user: Session?

  /// Creates empty memory; the first function allocates what it needs, later ones share it.
  public init() {}

  /// Returns an arena of at least `byteCount` bytes.
  func arena(byteCount: Int) -> Storage {
    if let arena = arenas.first(where: { $0.byteCount >= byteCount }) { return arena }
    let arena = Storage(uninitializedByteCount: byteCount)
    arenas.append(arena)
    return arena
  }

  /// Whether the results of a session are still there.
  func holdsResults(of session: Session) -> Bool { user === session }

  /// Whether no other session has run since this one; records this one as the last.
  func isUntouched(since session: Session) -> Bool {
    defer { user = session }
    return user === session
  }
}
