/// Finds the name that was most likely meant.
package enum Suggestion {
  /// The candidate nearest to a word, or nil when none is near: at most a third of its letters
  /// (plus one) differ, but not all, or one of the two is a prefix of the other.
  package static func nearest(to word: String, in candidates: [String]) -> String? {
    // No name is half as long, and comparison time is quadratic in the length.
    guard word.utf8.count <= 100 else { return nil }
    let written = word.lowercased()
    let ranked = candidates.map { candidate in
      let known = candidate.lowercased()
      let begins = written.count >= 3 && (known.hasPrefix(written) || written.hasPrefix(known))
      return (candidate: candidate, distance: distance(written, known), begins: begins)
    }
    let largest = min(1 + word.count / 3, word.count - 1)
    let near = ranked.filter { $0.distance <= largest || $0.begins }
    return near.min { $0.distance < $1.distance }?.candidate
  }

  /// `did you mean …?` for the nearest candidate; if none is near, the alternative or the whole list.
  package static func hint(
    for word: String, in candidates: [String], plural: String,
    otherwise alternative: @autoclosure () -> String? = nil
  ) -> String {
    if let nearest = nearest(to: word, in: candidates) { return "did you mean `\(nearest)`?" }
    return alternative() ?? "\(plural): \(candidates.joined(separator: ", "))"
  }

  /// The least number of insertions, deletions, replacements and swaps of adjacent letters that
  /// transform one word into the other (optimal string alignment distance).
  package static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left)
    let right = Array(right)
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
        var best = min(replaced, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
