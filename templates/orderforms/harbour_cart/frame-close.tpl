        </div>
    </div>
</div>
