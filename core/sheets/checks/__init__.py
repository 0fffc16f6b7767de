"""What must hold on a sheet, and what is to be doubted where it does not."""
