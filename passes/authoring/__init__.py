"""What a pass is written with: context, promises, rewriting, marks on operators."""
