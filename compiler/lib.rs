//! segc: a declarative segmentation compiler.
