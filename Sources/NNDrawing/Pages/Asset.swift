import CAssets

/// The files in the folders `Assets` of the modules, which are part of the program.
package enum Asset {
  /// The bytes of a file, by its name without the folder.
  ///
  /// - Precondition: `Sources/CAssets/assets.c` has a row for it.
  package static func bytes(_ name: String) -> [UInt8] {
    let asset = nn_find_asset(name)
    precondition(asset.bytes != nil, "no asset is called \(name)")
    return Array(UnsafeBufferPointer(start: asset.bytes, count: asset.count))
  }
}
