/// The random streams of this module: each use has one of its own, so that uses are independent.
enum RandomStream {
  static let split: UInt32 = 0x4441_0001
  static let order: UInt32 = 0x4441_0002
  static let generatorNoise: UInt32 = 0x4441_0003
  static let generatorOrder: UInt32 = 0x4441_0004
  static let generatorCenters: UInt32 = 0x4441_0005
  static let batchOrder: UInt32 = 0x4441_0006
  static let testSplit: UInt32 = 0x4441_0007
  static let folds: UInt32 = 0x4441_0008
  static let foldSeeds: UInt32 = 0x4441_0009
  static let subset: UInt32 = 0x4441_000A
  static let draws: UInt32 = 0x4441_0010
  static let windowBlocks: UInt32 = 0x4441_0011
  static let windowOrder: UInt32 = 0x4441_0012
  /// The first of the streams of augmentations of examples, one for each.
  static let augmentation: UInt32 = 0x4155_0000
  /// The first of the streams of augmentations of batches, one for each.
  static let batchAugmentation: UInt32 = 0x4156_0000
}
